#include "pipelines/fragment/aside_name.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>

namespace vdoc::fragment {

namespace {

std::string new_token() {
  std::random_device chance;
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%08x%08x", chance(), chance());
  return text.data();
}

} // namespace

std::filesystem::path aside_name(const std::filesystem::path& file) {
  static const auto ours = "." + new_token() + ".part";
  auto aside = file;
  aside += ours;
  return aside;
}

} // namespace vdoc::fragment
