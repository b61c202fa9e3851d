#include "actors/node/hosts_picture.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using nlohmann::json;

BOOST_AUTO_TEST_SUITE(a_picture_of_hosts)

BOOST_AUTO_TEST_CASE(shows_what_runs_until_when_and_what_it_costs) {
  const auto seen = json::parse(R"({
    "node": "a", "at": "2026-12-01T08:00:10.000Z",
    "hosts": [
      {"name": "a/host-1", "node": "a", "gets_work": true, "slowness": 1.0,
       "cpu": 0.97, "memory_mib": 210,
       "slots": {"demux": {"taken": 0, "of": 2}, "heavy": {"taken": 1, "of": 1}},
       "tasks": [{"id": "j/encode/1.0#1", "job": "j", "stage": "transcode",
                  "since": "2026-12-01T08:00:08.500Z",
                  "expected_end": "2026-12-01T08:00:12.000Z"}]},
      {"name": "b/host-1", "node": "b", "gets_work": false, "slowness": 1.504,
       "slots": {"heavy": {"taken": 1, "of": 1}},
       "tasks": [{"id": "j/encode/1.0#1~", "job": "j", "stage": "transcode",
                  "since": "2026-12-01T08:00:01.000Z",
                  "expected_end": "2026-12-01T08:00:05.000Z", "twin": true},
                 {"id": "k/ingest#1", "job": "k", "stage": "ingest",
                  "since": "2026-12-01T08:00:09.960Z"}]}],
    "more_hosts": 3,
    "jobs": [{"id": "j", "expected_end": "2026-12-01T08:01:10.000Z"}],
    "costs": [{"work": "h264 640x360", "node": "", "per_unit": 0.25, "samples": 15},
              {"work": "h264 640x360", "node": "b", "per_unit": 0.4, "samples": 2}]})");
  BOOST_TEST(vdoc::node::hosts_picture(seen) ==
             "a/host-1  node a  demux 0/2  heavy 1/1  cpu 0.97  memory 210 MiB  slowness 1.00\n"
             "  transcode  j  since 1.5 s, 2.0 s more\n"
             "b/host-1  node b  heavy 1/1  slowness 1.50  gets no work\n"
             "  transcode  j  since 9.0 s, 0.0 s more, twin of a straggler\n"
             "  ingest  k  since 0.0 s\n"
             "and 3 hosts more\n"
             "job j  heavy work over in 60.0 s\n"
             "cost of h264 640x360  all nodes  0.250 s per s  seen 15 times\n"
             "cost of h264 640x360  node b  0.400 s per s  seen 2 times\n");
}

BOOST_AUTO_TEST_SUITE_END()
