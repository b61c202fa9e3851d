#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

/// What command lines say of jobs, in the words of docs/protocol.md.
namespace vdoc::node {

/// {"source": ...}: a URL as it is, a file by its absolute path.
nlohmann::json job_of(const std::string& source);

/// Nothing when the text is empty.
void add_text(nlohmann::json& to, const char* name, const std::string& text);

/// A name ("high") or a number ("-7"); nothing when it is empty.
void add_priority(nlohmann::json& to, const std::string& priority);

/// Of "name=value"; without "=" the value is empty.
void add_labels(nlohmann::json& to, const std::vector<std::string>& labels);

/// "name=value" as a filter has it: "name:value".
std::string label_filter_of(const std::string& label);

} // namespace vdoc::node
