#include "actors/document/spawn.hpp"
#include "actors/node/configuration.hpp"
#include "actors/package/spawn.hpp"
#include "actors/transcode/spawn.hpp"
#include "actors/wire/fault_error.hpp"
#include "test/gst/source_media.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <atomic>
#include <filesystem>
#include <optional>
#include <set>

namespace {

using namespace vdoc;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// What a media host has that works for the leader on another node.
struct a_lent_host {
  std::shared_ptr<allegiance> leader = std::make_shared<allegiance>();
  std::shared_ptr<transcode::keeping> kept;
  transcode::actor coder;

  a_lent_host(caf::actor_system& system, const fs::path& folder, const std::string& life,
              std::shared_ptr<blobs::files> files = std::make_shared<blobs::files_in_use>())
      : kept{std::make_shared<transcode::keeping>(folder, "host-1", life, true, leader)},
        coder{transcode::spawn(system, std::move(files), std::make_shared<cancellations>(), {}, {},
                               kept)} {}
};

/// Files that are lent: a folder of its own for each task, as from another machine.
struct lent_files : blobs::files {
  fs::path cache;
  fs::path leaders;
  std::vector<std::string> fetched;
  std::set<std::string> handed_in;

  lent_files(fs::path own, fs::path of_leader)
      : cache{std::move(own)}, leaders{std::move(of_leader)} {}
  struct bench : blobs::workbench {
    lent_files& of;
    explicit bench(lent_files& all) : of{all} {}
    ~bench() override {
      fs::remove_all(of.cache / "encoded");
      fs::remove_all(of.cache / "pictures");
    }
    [[nodiscard]] fs::path folder() const override { return of.cache; }
    void hand_in(const std::vector<std::string>& names) override {
      for (const auto& name : names) {
        fs::create_directories((of.leaders / name).parent_path());
        fs::copy_file(of.cache / name, of.leaders / name, fs::copy_options::overwrite_existing);
        of.handed_in.insert(name);
      }
    }
  };
  std::unique_ptr<blobs::workbench> prepare(const blobs::errand& what) override {
    for (const auto& one : what.needs) {
      fs::create_directories((cache / one.name).parent_path());
      fs::copy_file(leaders / one.name, cache / one.name, fs::copy_options::overwrite_existing);
      fetched.push_back(one.name);
    }
    return std::make_unique<bench>(*this);
  }
};

/// Fragments of a second that take their time, in a work folder that a leader shares.
struct a_work_folder : gst::test::with_source {
  vdoc::test::temp_folder temp;
  node::configuration config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  std::optional<fault> fault_;

  a_work_folder() {
    make("-f lavfi -i testsrc2=s=1280x720:r=30:d=2 -c:v libx264 -preset ultrafast -g 30", "mkv",
         gst::test::avc, 1280, 720);
    request.options.preset = "slower";
  }
  [[nodiscard]] transcode::encode_fragment order(std::size_t piece) const {
    transcode::encode_fragment it;
    it.job = "talk";
    it.piece = pieces.at(piece);
    it.work = work.path();
    it.source = request.source;
    it.ladder = request.ladder;
    it.wanted = request.wanted;
    it.options = request.options;
    it.picture_every_ms = 500;
    return it;
  }
  /// What is answered; nothing: a fault, which is `fault_` then.
  std::optional<gst::transcode_result> encode(const a_lent_host& by,
                                              const transcode::encode_fragment& what) {
    std::optional<gst::transcode_result> made;
    self->request(by.coder, 120s, what)
        .receive([&](const gst::transcode_result& it) { made = it; },
                 [&](const caf::error& why) { fault_ = to_fault(why); });
    return made;
  }
  /// The same, of a host that loses its leader while it encodes. Whether it was to finish that.
  bool encode_while_the_leader_goes(a_lent_host& by, const transcode::encode_fragment& what) {
    auto answer = self->request(by.coder, 120s, what);
    std::atomic<bool> is_done = false;
    std::optional<std::string> key;
    vdoc::test::until(60s, [&] { return fs::exists(temp / "kept" / "desk-host-1" / "pictures"); });
    key = by.leader->part([&] { is_done = true; });
    const auto before = all_files();
    answer.receive([](const gst::transcode_result&) { BOOST_ERROR("nobody is to be answered"); },
                   [&](const caf::error& why) { fault_ = to_fault(why); });
    BOOST_TEST(vdoc::test::until(60s, [&] { return is_done.load(); }));
    BOOST_TEST((all_files() == before)); // of the leader's folder
    return key == transcode::key_of(what);
  }
  [[nodiscard]] std::set<std::string> all_files() const {
    std::set<std::string> names;
    for (const auto& each : fs::recursive_directory_iterator{work.path()})
      names.insert(each.path().lexically_relative(work.path()).string());
    return names;
  }
  [[nodiscard]] fs::path made(const char* number) const {
    return work.path() / "encoded/large" / (std::string{number} + ".au");
  }
  void end(const a_lent_host& which) { self->send_exit(which.coder, caf::exit_reason::kill); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_fragment_whose_leader_goes_while_it_is_encoded, a_work_folder)

BOOST_AUTO_TEST_CASE(is_handed_in_to_the_next_leader_without_being_encoded_again) {
  a_lent_host undisturbed{system, temp / "other", "n.0"};
  const auto expected = encode(undisturbed, order(0));
  BOOST_REQUIRE(expected.has_value());
  const auto bytes = gst::test::read_file(made("00000"));
  const auto picture = gst::test::read_file(work.path() / expected->pictures.at(0).jpeg);
  fs::remove_all(work.path() / "encoded");
  fs::remove_all(work.path() / "pictures");

  a_lent_host first{system, temp / "kept", "n.1"};
  BOOST_TEST(encode_while_the_leader_goes(first, order(0)));
  BOOST_TEST(fault_->what == "the leader for whom this was done is gone");
  BOOST_TEST(!fs::exists(made("00000")));

  a_lent_host second{system, temp / "kept", "n.2"};
  BOOST_TEST(second.kept->words() ==
             std::vector<std::string>{"kept:" + transcode::key_of(order(0))});
  fs::remove(work.path() / order(0).piece.run); // it is not read again
  auto again = order(0);
  again.attempt = 2;
  again.call = "of another leader";
  const auto had = encode(second, again);
  BOOST_REQUIRE(had.has_value());
  BOOST_TEST((gst::test::read_file(made("00000")) == bytes));
  BOOST_TEST((gst::test::read_file(work.path() / had->pictures.at(0).jpeg) == picture));
  BOOST_TEST(had->renditions.at(0).bytes == expected->renditions.at(0).bytes);
  BOOST_TEST((had->renditions.at(0).codec_config == expected->renditions.at(0).codec_config));
  BOOST_TEST((had->pictures.at(0).luma == expected->pictures.at(0).luma));
  BOOST_TEST(had->frames_decoded == 30u);
  BOOST_TEST((had->cpu > 10ms)); // what it has cost
  BOOST_TEST(second.kept->words().empty());
  BOOST_TEST(!encode(second, again)); // once
  for (const auto* each : {&undisturbed, &first, &second})
    end(*each);
}

BOOST_AUTO_TEST_CASE(is_not_taken_for_another_one) {
  a_lent_host first{system, temp / "kept", "n.1"};
  BOOST_TEST(encode_while_the_leader_goes(first, order(0)));
  a_lent_host second{system, temp / "kept", "n.2"};
  auto other = order(0);
  other.options.crf = 40;
  const auto made_anew = encode(second, other);
  BOOST_REQUIRE(made_anew.has_value());
  BOOST_TEST(second.kept->words().size() == 1u); // and stays, as nobody has asked for it
  const auto coarse = made_anew->renditions.at(0).bytes;
  BOOST_TEST(encode(second, order(0))->renditions.at(0).bytes > coarse);
  BOOST_TEST(second.kept->words().empty());
  for (const auto* each : {&first, &second})
    end(*each);
}

BOOST_AUTO_TEST_CASE(is_handed_in_over_the_wire_where_the_folder_is_not_shared) {
  a_lent_host first{system, temp / "kept", "n.1"};
  BOOST_TEST(encode_while_the_leader_goes(first, order(0)));
  const auto lent = std::make_shared<lent_files>(temp / "cache", work.path());
  a_lent_host second{system, temp / "kept", "n.2", lent};
  const auto had = encode(second, order(0));
  BOOST_REQUIRE(had.has_value());
  BOOST_TEST(lent->fetched.empty());
  BOOST_TEST(lent->handed_in.size() == had->renditions.size() + had->pictures.size());
  BOOST_TEST(fs::exists(made("00000")));
  BOOST_TEST(encode(second, order(1)).has_value()); // as ever
  BOOST_TEST(lent->fetched.size() == 1u);
  for (const auto* each : {&first, &second})
    end(*each);
}

BOOST_AUTO_TEST_CASE(leaves_nothing_more_to_do_for_who_finishes_it) {
  a_lent_host first{system, temp / "kept", "n.1"};
  BOOST_TEST(encode_while_the_leader_goes(first, order(0)));
  const auto before = all_files();
  BOOST_TEST(!encode(first, order(1))); // a leader that hung asks
  const auto package = package::spawn(system, first.leader);
  const auto document = document::spawn(system, first.leader);
  package::remux film;
  film.target = work.path() / "film.mp4";
  document::compose page;
  page.folder = page.work = work.path();
  int refused = 0;
  const auto count = [&](const caf::error& why) {
    refused += to_fault(why).what == "the leader for whom this was to be done is gone" ? 1 : 0;
  };
  self->request(package, 10s, film).receive([](const package::remuxed&) {}, count);
  self->request(package, 10s, package::make_segments{})
      .receive([](const package::segments_made&) {}, count);
  self->request(document, 10s, page).receive([](const document::composed&) {}, count);
  BOOST_TEST(refused == 3);
  BOOST_TEST((all_files() == before));
  end(first);
  self->send_exit(package, caf::exit_reason::kill);
  self->send_exit(document, caf::exit_reason::kill);
}

BOOST_AUTO_TEST_SUITE_END()
