#include "test/job/one_job.hpp"

using namespace vdoc;
using namespace vdoc::test;
using dispatch::host_end;

BOOST_FIXTURE_TEST_SUITE(a_job, one_job)

BOOST_AUTO_TEST_CASE(opens_then_reads_then_encodes_what_is_cut) {
  begins();
  BOOST_TEST(wants(read_it));
  grant(read_it);
  BOOST_TEST(all<run>().size() == 1U);
  is_cut(0);
  BOOST_TEST(wants(encode(0, 1)));
  BOOST_TEST(wants(encode(0, 0)));
  is_cut(1);
  BOOST_TEST(wants(encode(1, 0)));
  BOOST_TEST(!wants(encode(1, 1)));
}

BOOST_AUTO_TEST_CASE(puts_the_smallest_rendition_of_the_first_fragment_before_everything) {
  begins();
  is_cut(0);
  const auto slots = all<want_slot>();
  BOOST_REQUIRE(slots.size() == 2U);
  BOOST_TEST(slots[0].rank < slots[1].rank);
  BOOST_TEST(job->renditions_of(encode(0, 1)) == std::vector<std::string>{"360p"},
             boost::test_tools::per_element());
  BOOST_TEST(job->renditions_of(encode(0, 0)) == std::vector<std::string>{"720p"},
             boost::test_tools::per_element());
  const std::vector<std::string> both{"720p", "360p"};
  BOOST_TEST(job->renditions_of(encode(1, 0)) == both, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(succeeds_when_every_fragment_is_packed_and_the_source_is_read) {
  begins();
  grant(read_it);
  is_cut(0);
  encodes_and_packs(encode(0, 1));
  BOOST_TEST(all<publish>().size() == 1U);
  encodes_and_packs(encode(0, 0));
  BOOST_TEST(all<grant_fragments>().size() == 1U);
  reads_to_the_end();
  const auto ends = all<finish>();
  BOOST_REQUIRE(ends.size() == 1U);
  BOOST_TEST(ends[0].state == "succeeded");
  BOOST_TEST(job->frames_done() == 100U);
  BOOST_TEST(remembered().outcome == "succeeded");
}

BOOST_AUTO_TEST_CASE(does_not_end_while_a_fragment_is_only_encoded) {
  begins();
  grant(read_it);
  is_cut(0);
  encodes_and_packs(encode(0, 1));
  grant(encode(0, 0));
  happens(encoded{encode(0, 0), result(encode(0, 0))});
  reads_to_the_end();
  BOOST_TEST(all<finish>().empty());
  grant(pack(0, 0));
  happens(packed{pack(0, 0), segments(pack(0, 0))});
  BOOST_TEST(all<finish>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(throws_a_run_away_once_all_its_fragments_are_packed) {
  begins();
  auto first = piece(0);
  auto second = piece(1);
  first.run = second.run = "runs/long";
  first.run_ends = false;
  happens(cut{first});
  happens(cut{second});
  encodes_and_packs(encode(0, 1));
  encodes_and_packs(encode(0, 0));
  for (const auto& gone : all<discard>())
    BOOST_TEST(std::count(gone.files.begin(), gone.files.end(), "runs/long") == 0);
  encodes_and_packs(encode(1, 0));
  const auto gone = all<discard>();
  BOOST_REQUIRE(gone.size() == 1U);
  BOOST_TEST(std::count(gone[0].files.begin(), gone[0].files.end(), "runs/long") == 1);
}

BOOST_AUTO_TEST_CASE(wants_a_lost_fragment_again_and_tells_the_restart) {
  begins();
  is_cut(0);
  grant(encode(0, 1));
  happens(lost{encode(0, 1), {"host-1", host_end::killed, "SIGKILL"}});
  BOOST_TEST(wants(encode(0, 1)));
  BOOST_REQUIRE(job->known().mishaps.size() == 1U);
  BOOST_TEST(job->known().mishaps[0].reason == "SIGKILL");
  BOOST_TEST(job->hosts_lost() == 1U);
  job.emplace(wanted, remembered()); // a JOB that starts anew still tells of it
  happens(start{});
  BOOST_TEST(job->hosts_lost() == 1U);
}

BOOST_AUTO_TEST_CASE(fails_with_fingerprint_and_position_when_a_fragment_crashes_three_hosts) {
  begins();
  is_cut(0);
  is_cut(1);
  for (int i = 0; i < 2; ++i) {
    grant(encode(1));
    happens(lost{encode(1), {"host-1", host_end::crashed, "SIGSEGV"}});
    BOOST_TEST(all<finish>().empty());
  }
  grant(encode(1));
  happens(lost{encode(1), {"host-1", host_end::crashed, "SIGSEGV"}});
  const auto ends = all<finish>();
  BOOST_REQUIRE(ends.size() == 1U);
  BOOST_TEST(ends[0].state == "failed");
  BOOST_TEST(ends[0].why.what.find("f001") != std::string::npos);
  BOOST_TEST(ends[0].why.what.find("4.0 s") != std::string::npos);
  BOOST_TEST(ends[0].why.what.find("SIGSEGV") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bridges_a_poisonous_fragment_when_told_to) {
  wanted.skip_poison = true;
  begins();
  is_cut(0);
  for (int i = 0; i < 3; ++i) {
    grant(encode(0, 0));
    happens(lost{encode(0, 0), {"host-1", host_end::hung, "no answer"}});
  }
  BOOST_TEST(all<finish>().empty());
  BOOST_TEST(wants(encode(0, 0)));
  BOOST_TEST(job->known().bridged.contains(0));
  BOOST_TEST(job->known().warnings.size() == 1U);
}

BOOST_AUTO_TEST_CASE(does_not_take_kills_from_outside_for_poison_too_soon) {
  begins();
  is_cut(0);
  for (int i = 0; i < 31; ++i) {
    grant(encode(0, 0));
    happens(lost{encode(0, 0), {"host-1", host_end::killed, "SIGKILL"}});
    BOOST_TEST(all<finish>().empty());
  }
  grant(encode(0, 0));
  happens(lost{encode(0, 0), {"host-1", host_end::killed, "SIGKILL"}});
  BOOST_TEST(all<finish>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(reads_on_only_when_the_encoder_that_crashed_beside_it_has_ended) {
  begins();
  grant(read_it, "host-1");
  is_cut(0);
  is_cut(1);
  grant(encode(1), "host-1");
  happens(lost{read_it, {"host-1", host_end::crashed, "SIGSEGV", true}});
  BOOST_TEST(!wants(read_it));
  happens(lost{encode(1), {"host-1", host_end::crashed, "SIGSEGV"}});
  BOOST_TEST(wants(encode(1)));
  encodes_and_packs(encode(0, 1));
  BOOST_TEST(!wants(read_it));
  grant(encode(1), "host-2");
  happens(encoded{encode(1), result(encode(1))});
  BOOST_TEST(wants(read_it));
}

BOOST_AUTO_TEST_CASE(blames_a_source_that_crashes_whoever_reads_it) {
  begins();
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(all<finish>().empty());
    grant(read_it);
    happens(lost{read_it, {"host-1", host_end::crashed, "SIGSEGV"}});
  }
  const auto ends = all<finish>();
  BOOST_REQUIRE(ends.size() == 1U);
  BOOST_TEST((ends[0].why.whose == culprit::user));
  BOOST_TEST(ends[0].why.what ==
             "the source cannot be read: it brought down 3 media hosts (last: SIGSEGV)");
}

BOOST_AUTO_TEST_CASE(blames_the_machine_when_memory_runs_out) {
  begins();
  is_cut(0);
  is_cut(1);
  for (int i = 0; i < 3; ++i) {
    grant(encode(1));
    happens(lost{encode(1), {"host-1", host_end::starved, "SIGKILL for lack of memory"}});
  }
  const auto ends = all<finish>();
  BOOST_REQUIRE(ends.size() == 1U);
  BOOST_TEST((ends[0].why.whose == culprit::peer));
  BOOST_TEST(ends[0].why.advice.find("--workers") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(fails_at_once_through_a_fault_of_the_user_but_tries_ours_again) {
  begins();
  is_cut(0);
  grant(encode(0, 0));
  happens(failed{encode(0, 0), {culprit::ours, "no encoder", "", ""}});
  BOOST_TEST(wants(encode(0, 0)));
  grant(encode(0, 0));
  happens(failed{encode(0, 0), {culprit::user, "no such codec", "convert it", ""}});
  const auto ends = all<finish>();
  BOOST_REQUIRE(ends.size() == 1U);
  BOOST_TEST(ends[0].why.what == "no such codec");
  BOOST_TEST(ends[0].why.advice == "convert it");
}

BOOST_AUTO_TEST_CASE(gives_every_slot_back_when_it_fails) {
  begins();
  grant(read_it);
  is_cut(0);
  happens(failed{read_it, {culprit::user, "truncated", "", ""}});
  std::set<task> back;
  for (const auto& one : all<give_up_slot>())
    back.insert(one.what);
  BOOST_TEST(back.contains(read_it));
  BOOST_TEST(back.contains(encode(0, 0)));
  BOOST_TEST(back.contains(encode(0, 1)));
  happens(granted{encode(0, 0), "host-1"}); // was on its way
  BOOST_TEST(all<give_up_slot>().size() == 1U);
  BOOST_TEST(all<run>().empty());
}

BOOST_AUTO_TEST_CASE(resumes_with_what_is_missing_only) {
  begins();
  grant(read_it);
  is_cut(0);
  is_cut(1);
  is_cut(2);
  encodes_and_packs(encode(0, 1));
  encodes_and_packs(encode(0, 0));
  grant(encode(1));
  happens(encoded{encode(1), result(encode(1))});

  job.emplace(wanted, remembered());
  happens(start{});
  BOOST_TEST(wants(open_it));
  grant(open_it);
  happens(opened{source(true, 0), {}});
  BOOST_TEST(!wants(encode(0, 0)));
  BOOST_TEST(!wants(encode(0, 1)));
  BOOST_TEST(!wants(encode(1)));
  BOOST_TEST(wants(pack(1)));
  BOOST_TEST(wants(encode(2)));
  BOOST_TEST(wants(read_it));
  BOOST_TEST(job->first_missing_fragment() == 3U);
  BOOST_TEST(job->frames_done() == 100U);
}

BOOST_AUTO_TEST_CASE(starts_afresh_when_the_options_or_the_source_have_changed) {
  begins();
  is_cut(0);
  const auto before = remembered();
  auto other = wanted;
  other.encode.crf = 30;
  job.emplace(other, before);
  happens(start{});
  BOOST_TEST(job->known().fragments.empty());
  BOOST_TEST(remembered().fragments.empty());

  job.emplace(wanted, before);
  happens(start{});
  BOOST_TEST(job->known().fragments.size() == 1U);
  grant(open_it);
  auto changed = source(true, 0);
  changed.fingerprint = "another";
  happens(opened{changed, {}});
  BOOST_TEST(job->known().fragments.empty());
  BOOST_TEST(job->known().source->fingerprint == "another");
}

BOOST_AUTO_TEST_CASE(goes_on_with_an_upload_that_is_whole_now) {
  job.emplace(wanted, manifest::state{});
  happens(start{});
  grant(open_it);
  auto growing = source(true, 0);
  growing.fingerprint = "upload-0123";
  happens(opened{growing, {}});
  grant(read_it);
  is_cut(0);
  encodes_and_packs(encode(0));
  happens(failed{read_it, {culprit::peer, "the upload pauses", "", "upload"}});
  BOOST_TEST(all<finish>().at(0).why.where == "upload"); // at once: QUEUE waits, not we
  job.emplace(wanted, remembered());
  happens(start{});
  grant(open_it);
  happens(opened{source(true, 0), {}}); // "abc"
  BOOST_TEST(all<note>().empty());
  BOOST_TEST(job->known().encoded.size() == 1u);
}

BOOST_AUTO_TEST_CASE(feeds_a_restarted_audio_track_from_its_beginning) {
  begins(true, 1);
  const task audio{work::audio, 0, 0};
  BOOST_TEST(wants(audio));
  grant(audio);
  grant(read_it);
  for (std::uint32_t i = 0; i < 3; ++i)
    happens(audio_cut{{0, i, "audio/0/" + std::to_string(i), 4s * i, 4s * (i + 1), false}});
  BOOST_TEST(all<feed_audio>().size() == 1U);
  happens(lost{audio, {"host-1", host_end::crashed, "SIGABRT"}});
  grant(audio);
  const auto fed = all<feed_audio>();
  BOOST_REQUIRE(fed.size() == 3U);
  BOOST_TEST(fed[0].chunk.index == 0U);
  BOOST_TEST(fed[2].chunk.index == 2U);
}

BOOST_AUTO_TEST_CASE(goes_on_without_an_audio_track_that_cannot_be_decoded) {
  begins(true, 1);
  const task audio{work::audio, 0, 0};
  grant(audio);
  grant(read_it);
  is_cut(0);
  happens(failed{audio, {culprit::user, "no decoder for it", "", ""}});
  BOOST_TEST(all<finish>().empty());
  encodes_and_packs(encode(0, 1));
  encodes_and_packs(encode(0, 0));
  reads_to_the_end();
  BOOST_REQUIRE(all<finish>().size() == 1U);
  BOOST_TEST(all<finish>()[0].state == "succeeded");
  BOOST_TEST(job->known().warnings.size() == 1U);
}

BOOST_AUTO_TEST_CASE(goes_on_without_an_audio_track_that_crashes_three_hosts) {
  begins(true, 1);
  const task audio{work::audio, 0, 0};
  for (int i = 0; i < 3; ++i) {
    grant(audio);
    happens(lost{audio, {"host-1", host_end::crashed, "SIGABRT"}});
  }
  BOOST_TEST(all<finish>().empty());
  BOOST_TEST(job->known().audio_done.contains(0));
  BOOST_REQUIRE(job->known().warnings.size() == 1U);
  BOOST_TEST(job->known().warnings[0].starts_with("audio track 1: it brought down 3 media hosts"));
}

BOOST_AUTO_TEST_CASE(does_not_do_without_sound_because_the_disk_is_full) {
  begins(true, 1);
  const task audio{work::audio, 0, 0};
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(all<finish>().empty());
    grant(audio);
    happens(failed{audio, {culprit::peer, "No space left on device", "make room", ""}});
  }
  BOOST_REQUIRE(all<finish>().size() == 1U);
  BOOST_TEST(all<finish>()[0].why.what == "No space left on device");
}

BOOST_AUTO_TEST_CASE(goes_on_after_a_failure_when_it_is_resumed) {
  begins();
  grant(read_it);
  is_cut(0);
  encodes_and_packs(encode(0, 1));
  happens(failed{read_it, {culprit::user, "cannot be read any more", "", ""}});
  BOOST_TEST(remembered().outcome == "failed");
  job.emplace(wanted, remembered());
  happens(start{});
  grant(open_it);
  happens(opened{source(true, 0), {}});
  BOOST_TEST(!wants(encode(0, 1)));
  BOOST_TEST(wants(encode(0, 0)));
}

BOOST_AUTO_TEST_CASE(holds_audio_back_while_too_many_utterances_wait) {
  wanted.captions = true;
  wanted.utterances_ahead = 1;
  begins(false, 1);
  const task audio{work::audio, 0, 0};
  grant(audio);
  grant(read_it);
  happens(audio_cut{{0, 0, "a0", 0s, 4s, false}});
  BOOST_TEST(all<feed_audio>().size() == 1U);
  happens(utterance_cut{{0, 0, "speech/0", 1s, 3s}});
  BOOST_TEST(wants({work::hear, 0, 0}));
  happens(audio_cut{{0, 1, "a1", 4s, 8s, false}});
  BOOST_TEST(all<feed_audio>().empty());
  grant({work::hear, 0, 0});
  happens(heard{{0, "pocketsphinx", {{"hello", 1s, 2s, 0.5}}, 0s}, true});
  BOOST_TEST(all<feed_audio>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(says_once_that_nobody_knows_the_language_and_goes_on) {
  wanted.captions = true;
  wanted.language = "tlh";
  begins(false, 1);
  grant({work::audio, 0, 0});
  grant(read_it);
  happens(utterance_cut{{0, 0, "speech/0", 1s, 3s}});
  happens(utterance_cut{{1, 0, "speech/1", 4s, 5s}});
  grant({work::hear, 0, 0});
  happens(heard{{0, "", {}, 0s}, false});
  grant({work::hear, 1, 0});
  happens(heard{{1, "", {}, 0s}, false});
  BOOST_REQUIRE(job->known().warnings.size() == 1U);
  BOOST_TEST(job->known().warnings[0].find("tlh") != std::string::npos);
  happens(utterance_cut{{2, 0, "speech/2", 6s, 7s}});
  BOOST_TEST(all<want_slot>().empty());
  BOOST_TEST(job->known().heard.size() == 3U);
}

BOOST_AUTO_TEST_CASE(does_not_listen_when_captions_come_with_the_source) {
  wanted.captions = true;
  auto with_subtitles = source(true, 1);
  with_subtitles.probe.subtitles.push_back({"srt", true, "en", ""});
  job.emplace(wanted, manifest::state{});
  happens(start{});
  grant(open_it);
  happens(opened{with_subtitles, {}});
  BOOST_TEST(!job->listening_track().has_value());
}

BOOST_AUTO_TEST_CASE(remuxes_and_composes_only_when_all_media_are_done) {
  wanted.document = true;
  begins();
  grant(read_it);
  is_cut(0);
  encodes_and_packs(encode(0, 1));
  encodes_and_packs(encode(0, 0));
  BOOST_TEST(!wants(remux_it));
  reads_to_the_end();
  BOOST_TEST(wants(remux_it));
  BOOST_TEST(wants(compose_it));
  BOOST_TEST(all<finish>().empty());
  grant(remux_it);
  happens(remuxed{99});
  BOOST_TEST(all<finish>().empty());
  grant(compose_it);
  happens(composed{{}, {}});
  BOOST_TEST(all<finish>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(packs_a_transport_stream_in_order_because_counters_go_on) {
  wanted.transport_stream = true;
  begins();
  is_cut(0);
  is_cut(1);
  grant(encode(1));
  happens(encoded{encode(1), result(encode(1))});
  BOOST_TEST(!wants(pack(1)));
  encodes_and_packs(encode(0, 1));
  BOOST_TEST(!wants(pack(1)));
  encodes_and_packs(encode(0, 0));
  BOOST_TEST(wants(pack(1)));
}

BOOST_AUTO_TEST_CASE(refuses_a_source_with_nothing_in_it) {
  begins(false, 0);
  grant(read_it);
  reads_to_the_end();
  BOOST_REQUIRE(all<finish>().size() == 1U);
  BOOST_TEST((all<finish>()[0].why.whose == culprit::user));
}

BOOST_AUTO_TEST_CASE(names_tasks_so_that_they_can_be_read_back) {
  for (const auto& what : {encode(12, 1), read_it, task{work::pack_audio, 3, 77}})
    BOOST_TEST((to_task(to_string(what)) == what));
  BOOST_TEST(to_string(encode(12, 1)) == "encode/12.1");
  for (const auto* wrong : {"", "encode", "encode/1", "encode/x.1", "nothing/1.1", "encode/1.1x"})
    BOOST_TEST(!to_task(wrong).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
