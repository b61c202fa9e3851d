#pragma once

#include "cluster/desk/desk.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Inside of cluster/desk: reads JSON that strangers wrote. Nobody else includes this.
namespace vdoc::desk {

/// Thrown and caught inside of cluster/desk.
struct refused {
  verdict how;
};

[[noreturn]] inline void refuse(std::string what, std::string advice = {}) {
  throw refused{{refusal::bad_request, std::move(what), std::move(advice), 0}};
}

/// The text as JSON: valid UTF-8, not nested deeper than anybody needs. Throws `refused`.
nlohmann::json parse_checked(std::string_view text, const std::string& what);

/// Throws `refused` unless the text is at most `most` bytes, of which none is a control character:
/// PostgreSQL takes no NUL, and logs and terminals take no escape.
void check_text(const std::string& name, const std::string& text, std::size_t most);

/// The fields of a JSON object, each taken at most once. What is left when all are taken is
/// unknown, and refused by name. Throws `refused`.
class fields {
public:
  fields(const nlohmann::json& object, std::string where);

  /// Null when it is not there, or JSON's null. `name` is a literal.
  const nlohmann::json* take(const char* name);
  std::string text(const char* name, std::size_t most, std::string otherwise = {});
  std::int64_t number(const char* name, std::int64_t least, std::int64_t most,
                      std::int64_t otherwise);
  bool truth(const char* name, bool otherwise);
  void refuse_the_rest() const;

  /// "spec.crf": how errors call a field.
  [[nodiscard]] std::string name_of(std::string_view field) const;

private:
  const nlohmann::json& object_;
  std::string where_;
  std::vector<std::string_view> taken_; ///< names; some twice
};

/// "priority": by name or as a number. Nothing when it is not there. Throws `refused`.
std::optional<std::int32_t> take_priority(fields& from);

/// A time as RFC 3339 or in Unix milliseconds, as the latter; 0 when it is not there. Throws
/// `refused`.
std::int64_t take_moment(fields& from, const char* name);

} // namespace vdoc::desk
