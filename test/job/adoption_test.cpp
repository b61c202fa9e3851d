#include "actors/job/adoption.hpp"
#include "pipelines/content/source_digest.hpp"
#include "pipelines/manifest/durable.hpp"
#include "test/job/one_job.hpp"
#include "test/support/temp_folder.hpp"

#include <fstream>
#include <sys/stat.h>

using namespace vdoc;
using namespace vdoc::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* manifest_file = ".work/manifest.jsonl";

/// Two jobs' folders: one has succeeded with one fragment, the other has just opened its source.
struct two_jobs {
  temp_folder folder;
  fs::path theirs = folder / "theirs";
  fs::path ours = folder / "ours";
  one_job they;
  one_job we;

  two_jobs() {
    for (auto* one : {&they, &we}) {
      one->wanted.rungs = {{720, 5000, 10000}};
      one->wanted.may_reuse = one->wanted.may_be_reused = true;
    }
    fs::create_directories(ours / ".work");
    opens(we);
    succeed();
  }

  static void opens(one_job& one) {
    one.job.emplace(one.wanted, manifest::state{});
    one.happens(start{});
    one.grant(open_it);
    one.happens(opened{one_job::source(true, 0), {}, "1:2:3:4"});
  }
  void has(const std::string& name, const std::string& content) const {
    fs::create_directories((theirs / name).parent_path());
    std::ofstream{theirs / name} << content;
  }
  void succeed() {
    opens(they);
    they.happens(no_twin{});
    they.grant(read_it);
    they.is_cut(0);
    they.happens(lost{encode(0), {"host-1", dispatch::host_end::crashed, "SIGSEGV", false}});
    they.grant(encode(0));
    they.happens(encoded{encode(0), they.result(encode(0))});
    they.grant(pack(0));
    auto made = they.segments(pack(0));
    made.at(0).uri = "0.m4s";
    made.at(0).bytes = 5;
    they.happens(packed{pack(0), made});
    they.reads_to_the_end();
    they.happens(digested{"d1"});
    write_manifest();
    has("video/720p/0.m4s", "bytes");
    has("video/720p/index.m3u8", "list");
    has("master.m3u8", "entrance");
    has("job.json", "{}");
    has("video/720p/1.m4s.part", "half");
  }
  void write_manifest() const {
    std::string text;
    for (const auto& one : they.journal)
      text += manifest::to_line(one) + "\n";
    fs::create_directories(theirs / ".work");
    manifest::write_durably(theirs / manifest_file, std::string_view{text});
  }
  [[nodiscard]] std::optional<twin_found> twin() const {
    return twin_in(theirs, "theirs", *we.job);
  }
  manifest::state adopts() {
    const auto found = twin();
    BOOST_REQUIRE(found.has_value());
    we.happens(*found);
    we.happens(digested{"d1"});
    adoption it{theirs, ours};
    while (!it.take(1)) {
    }
    return it.finish(*we.job, *found);
  }
  static std::string text(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_adoption, two_jobs)

BOOST_AUTO_TEST_CASE(takes_over_every_result_and_nothing_else) {
  const auto known = adopts();
  BOOST_TEST(text(ours / "master.m3u8") == "entrance");
  BOOST_TEST(text(ours / "video/720p/index.m3u8") == "list");
  BOOST_TEST(text(ours / "video/720p/0.m4s") == "bytes");
  BOOST_TEST(!fs::exists(ours / "job.json"));
  BOOST_TEST(!fs::exists(ours / "video/720p/1.m4s.part"));
  BOOST_TEST(!fs::exists(ours / ".work/adopted"));
  BOOST_TEST(known.tracks.at("720p").segments.size() == 1U);
  BOOST_TEST(known.mishaps.empty()); // those are theirs
  BOOST_TEST(known.outcome == "");
  BOOST_TEST(known.reused_from == "theirs");
  BOOST_TEST(manifest::read(ours / manifest_file).reused_from == "theirs");
}

BOOST_AUTO_TEST_CASE(leaves_each_job_its_own_when_the_other_is_removed) {
  adopts();
  struct stat file {};
  BOOST_REQUIRE(::stat((ours / "video/720p/0.m4s").c_str(), &file) == 0);
  BOOST_TEST(file.st_nlink == 2U); // no bytes were copied
  fs::remove_all(theirs);
  BOOST_TEST(text(ours / "video/720p/0.m4s") == "bytes");
}

BOOST_AUTO_TEST_CASE(takes_the_place_of_what_a_crash_has_left) {
  fs::create_directories(ours / "video/720p");
  std::ofstream{ours / "video/720p/7.m4s"} << "old";
  fs::create_directories(ours / ".work/adopted/video");
  adopts();
  BOOST_TEST(!fs::exists(ours / "video/720p/7.m4s"));
  BOOST_TEST(text(ours / "video/720p/0.m4s") == "bytes");
}

BOOST_AUTO_TEST_CASE(names_the_job_that_did_the_work_however_many_have_reused_it) {
  they.journal.emplace_back(manifest::reused{"first"});
  write_manifest();
  const auto found = twin();
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->job == "theirs");
  BOOST_TEST(found->first_job == "first");
}

BOOST_AUTO_TEST_CASE(is_given_up_when_the_other_job_goes_meanwhile) {
  const auto found = twin();
  BOOST_REQUIRE(found.has_value());
  we.happens(*found);
  we.happens(digested{"d1"});
  adoption it{theirs, ours};
  BOOST_TEST(it.take(100));
  fs::remove_all(theirs / ".work");
  BOOST_CHECK_THROW(it.finish(*we.job, *found), std::runtime_error);
  BOOST_TEST(!fs::exists(ours / "master.m3u8"));
}

BOOST_AUTO_TEST_CASE(is_given_up_when_a_file_cannot_be_had) {
  adoption it{theirs, ours};
  fs::remove(theirs / "video/720p/0.m4s");
  BOOST_CHECK_THROW(it.take(100), std::system_error);
}

BOOST_AUTO_TEST_CASE(has_no_twin_in_a_job_that_asks_for_something_else_or_is_not_whole) {
  BOOST_TEST(twin().has_value());
  we.wanted.skip_poison = true;
  opens(we);
  BOOST_TEST(!twin().has_value());
  we.wanted.skip_poison = false;
  opens(we);
  BOOST_TEST(twin().has_value());
  fs::remove(theirs / "video/720p/0.m4s");
  BOOST_TEST(!twin().has_value());
  has("video/720p/0.m4s", "bytes");
  they.journal.emplace_back(manifest::finished{"failed"});
  write_manifest();
  BOOST_TEST(!twin().has_value());
  BOOST_TEST(!twin_in(folder / "nowhere", "nowhere", *we.job).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
