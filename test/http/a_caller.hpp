#pragma once

#include "net/http/calls.hpp"
#include "test/desk/plain_desk.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace vdoc::test {

/// Asks as the HTTP door does, of a desk that is none.
struct a_caller {
  plain_desk desk;
  vdoc::desk::caller who{"local", "*", vdoc::desk::role::admin};
  net::gathered_submits submits{desk, [](const std::function<void()>& task) { task(); }};

  std::optional<net::web_answer> ask(const net::web_request& what) {
    std::optional<net::web_answer> heard;
    const net::call_means with{desk, submits, [](const std::function<void()>& task) { task(); },
                               [] { return std::int64_t{1'764'576'000'000}; }};
    const bool known =
        net::carry({what, with, who, [&](net::web_answer said) { heard = std::move(said); }});
    submits.flush();
    BOOST_TEST(known == heard.has_value());
    return heard;
  }
  net::web_answer get(std::string_view path, std::string_view query = "") {
    return ask({"GET", path, query, ""}).value();
  }
  net::web_answer send(std::string_view method, std::string_view path, std::string_view body) {
    return ask({method, path, "", body, "application/json"}).value();
  }
  net::web_answer post(std::string_view path, std::string_view body) {
    return send("POST", path, body);
  }
};

inline std::string header_of(const net::web_answer& answer, std::string_view name) {
  for (const auto& [one, value] : answer.headers)
    if (one == name)
      return value;
  return "";
}

} // namespace vdoc::test
