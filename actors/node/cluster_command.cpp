#include "actors/node/cluster_command.hpp"

#include "cluster/membership/authority.hpp"
#include "cluster/membership/certificate_error.hpp"
#include "cluster/membership/preflight.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <ctime>
#include <iostream>
#include <stdexcept>

namespace vdoc::node {

namespace fs = std::filesystem;

namespace {

constexpr int most_days = 3650;

std::string day_of(std::time_t when) {
  std::tm parts{};
  std::array<char, 16> text{};
  ::gmtime_r(&when, &parts);
  std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
  return text.data();
}

/// "" when it can be a node's name.
std::string refuse_name(const std::string& name) {
  return membership::is_node_name(name)
             ? std::string{}
             : "a node's name has lower-case letters, digits, \"-\" and \".\", at most 63";
}

std::string refuse_address(const std::string& text) {
  return membership::is_address(text) ? std::string{} : "no IPv4 or IPv6 address: " + text;
}

} // namespace

cluster_command::cluster_command(CLI::App& program) {
  auto* cluster = program.add_subcommand("cluster", "a cluster's nodes, and their certificates");
  cluster->require_subcommand(1);
  init_ = cluster->add_subcommand("init-ca", "make the authority that all nodes believe");
  issue_ = cluster->add_subcommand("issue", "make key and certificate of a node, or new ones");
  revoke_ = cluster->add_subcommand("revoke", "list what a node has as no longer valid");
  check_ = cluster->add_subcommand("check", "say what is wrong with a node's files");
  const char* const of_authority = "folder of the authority; keep it away from the nodes";
  init_->add_option("--out", authority_, of_authority)->capture_default_str();
  for (auto* each : {issue_, revoke_})
    each->add_option("--ca", authority_, of_authority)->capture_default_str();
  issue_->add_option("NODE", node_, "name of the node")
      ->required()
      ->check(CLI::Validator{[](std::string& name) { return refuse_name(name); }, "NAME"});
  issue_->add_option("--dns", dns_, "further name under which others dial it")
      ->check(CLI::Validator{[](std::string& name) { return refuse_name(name); }, "NAME"});
  issue_->add_option("--ip", ip_, "address under which others dial it")
      ->check(CLI::Validator{[](std::string& ip) { return refuse_address(ip); }, "ADDR"});
  issue_->add_option("--days", days_, "how long it is valid")
      ->check(CLI::Range(1, most_days))
      ->capture_default_str();
  issue_->add_option("--out", folder_, "folder for the node; NODE in that of the authority");
  revoke_->add_option("NODE|SERIAL", which_, "all certificates of a node, or one")->required();
  check_->add_option("FOLDER", folder_, "with ca.pem, node.pem, node.key, crl.pem")->required();
  check_->add_option("--node", node_, "name that the certificate has to be for");
}

bool cluster_command::is_asked() const {
  return init_->parsed() || issue_->parsed() || revoke_->parsed() || check_->parsed();
}

void cluster_command::init_authority() const {
  membership::authority::make(authority_);
  std::cout << (fs::path{authority_} / "ca.pem").string() << std::endl;
}

void cluster_command::issue() const {
  const fs::path folder = folder_.empty() ? fs::path{authority_} / node_ : fs::path{folder_};
  membership::authority by{authority_};
  const auto made = by.issue({node_, dns_, ip_}, std::chrono::hours{24} * days_, folder);
  std::cout << folder.string() << "  " << made.serial << "  until " << day_of(made.ends_unix_s)
            << std::endl;
}

void cluster_command::revoke() const {
  membership::authority by{authority_};
  const auto listed = by.revoke(which_);
  for (const auto& one : listed)
    std::cout << one.serial << "  " << one.node << "\n";
  const auto list = (fs::path{authority_} / "crl.pem").string();
  std::cerr << (listed.empty() ? "all of that was revoked before; " : "")
            << "copy to every node: " << list << std::endl;
}

int cluster_command::check() const {
  const fs::path folder = folder_;
  membership::identity_files files{folder / "ca.pem", folder / "node.pem", folder / "node.key"};
  if (fs::exists(folder / "crl.pem"))
    files.revoked = folder / "crl.pem";
  const auto seen = membership::preflight(files, node_, std::chrono::system_clock::now());
  for (const auto& line : seen.problems)
    std::cerr << line << "\n";
  if (seen.good())
    std::cout << "good until " << day_of(std::chrono::system_clock::to_time_t(*seen.ends))
              << std::endl;
  return seen.good() ? 0 : 1;
}

int cluster_command::run() const {
  try {
    if (init_->parsed())
      init_authority();
    else if (issue_->parsed())
      issue();
    else if (revoke_->parsed())
      revoke();
    else
      return check();
    return 0;
  } catch (const membership::certificate_error& why) {
    throw std::runtime_error{std::string{why.what()} + ": " + why.advice()};
  }
}

} // namespace vdoc::node
