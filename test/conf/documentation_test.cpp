#include "conf/settings.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <map>

using namespace vdoc::conf;

namespace {

/// What the file says about one key: the comment right above it and the value.
struct documented {
  std::string comment;
  std::string value;
};

bool continues(const std::string& line) {
  return line.starts_with("  ") || line == "]";
}

std::map<std::string, documented> read_documentation() {
  std::map<std::string, documented> keys;
  std::ifstream file{VDOC_SOURCE_FOLDER "/conf/video-doc.toml"};
  std::string section;
  std::string comment;
  documented* last = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('[')) {
      section = line.substr(1, line.find(']') - 1);
      comment.clear();
    } else if (line.starts_with("# ")) {
      comment += line.substr(2) + " ";
    } else if (last != nullptr && continues(line)) {
      last->value += line;
    } else if (const auto equals = line.find(" = "); equals != std::string::npos) {
      last = &keys[section + "." + line.substr(0, equals)];
      *last = {comment, line.substr(equals + 3)};
      comment.clear();
    } else {
      comment.clear();
    }
  }
  return keys;
}

/// The names that are on one side only, for a failure that says what to do.
std::string difference(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::string names;
  for (const std::string& one : a)
    if (std::ranges::find(b, one) == b.end())
      names += one + " ";
  return names;
}

struct anything {
  template <class Type> operator Type() const; // NOLINT: never defined, only counted with
};

/// How many fields an aggregate has.
template <class Aggregate, class... Values> constexpr std::size_t field_count() {
  if constexpr (requires { Aggregate{Values{}..., anything{}}; })
    return field_count<Aggregate, Values..., anything>();
  else
    return sizeof...(Values);
}

template <class... Sections> constexpr std::size_t fields_of_all() {
  return (field_count<Sections>() + ...);
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_settings_file)

BOOST_AUTO_TEST_CASE(documents_every_key_and_no_other) {
  std::vector<std::string> written;
  for (const auto& [name, what] : read_documentation())
    written.push_back(name);
  BOOST_TEST(difference(all_keys(), written) == "", "in the table, not in the file");
  BOOST_TEST(difference(written, all_keys()) == "", "in the file, not in the table");
}

BOOST_AUTO_TEST_CASE(covers_every_field_of_the_structs) {
  BOOST_TEST(field_count<settings>() == 13);
  constexpr auto fields =
      fields_of_all<run_settings, limit_settings, ladder_settings, source_settings, speech_settings,
                    document_settings, ledger_settings, service_settings, artefact_settings,
                    cluster_settings, log_settings, client_settings, fault_settings>();
  BOOST_TEST(all_keys().size() == fields);
}

BOOST_AUTO_TEST_CASE(gives_each_key_its_unit_its_default_and_a_reason) {
  const settings defaults;
  for (const auto& [name, what] : read_documentation()) {
    BOOST_TEST_CONTEXT(name) {
      const bool long_value = name == "ladder.rungs";
      const std::string stated =
          "Default: " + (long_value ? "the list below" : written_value(defaults, name)) + ". ";
      BOOST_TEST(what.comment.starts_with("Unit: "));
      const auto at = what.comment.find(stated);
      BOOST_REQUIRE(at != std::string::npos);
      BOOST_TEST(what.comment.size() > at + stated.size() + 30);
    }
  }
}

BOOST_AUTO_TEST_CASE(repeats_the_built_in_defaults) {
  const settings defaults;
  const auto read = load(VDOC_SOURCE_FOLDER "/conf/video-doc.toml", {});
  for (const std::string& name : all_keys())
    BOOST_TEST(written_value(read, name) == written_value(defaults, name), name);
}

BOOST_AUTO_TEST_CASE(has_defaults_that_the_rules_accept) {
  for (const std::string& name : all_keys()) {
    if (name == "ladder.rungs")
      continue;
    settings into;
    auto text = written_value(into, name);
    std::erase_if(text,
                  [](char one) { return one == '"' || one == '[' || one == ']' || one == ' '; });
    BOOST_CHECK_NO_THROW(assign(into, name, text, name));
  }
}

BOOST_AUTO_TEST_SUITE_END()
