#pragma once

#include "cluster/ledger/store.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::ledger {

/// Writes that belong together and wait for the database.
struct spooled {
  std::uint64_t number = 0; ///< from 1 within the spool
  std::vector<entry> entries;
  std::string doubt; ///< not empty: they may have been written already, see `store::fate_of`
};

/// A file of writes that must not be lost while the database is away. A line holds one of them as
/// JSON, after its XXH3 checksum; a line that was cut off, by a power cut, was never acknowledged
/// and is dropped. Whoever writes them into the database notes there, in the same transaction, up
/// to which number (see catch_up.hpp), so that each is written once, whenever whatever crashes.
///
/// One process, one thread.
class spool {
public:
  /// Reads what an earlier process left there. Throws `cannot_open`. Makes no file before it is
  /// needed.
  explicit spool(std::filesystem::path file);
  spool(const spool&) = delete;
  spool& operator=(const spool&) = delete;
  ~spool();

  /// New with each file: a number belongs to one of them.
  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

  /// They are on the disk when this returns. Their numbers are filled in. Throws std::system_error;
  /// then none of them is there.
  void append(std::vector<spooled> all);

  /// The first ones: as many as have no more than `most_entries` together, but at least one. Throws
  /// std::system_error.
  [[nodiscard]] std::vector<spooled> first(std::size_t most_entries) const;

  /// Forgets those up to this number; they are in the database. The file goes with the last one.
  void drop_through(std::uint64_t number);

private:
  /// Where one is in the file.
  struct place {
    std::uint64_t number = 0;
    std::uint64_t begin = 0, size = 0;
    std::size_t entries = 0;
  };
  void open_for_writing();
  void take_over();
  void remove() noexcept;

  std::filesystem::path file_;
  std::string id_;
  int open_ = -1;
  std::uint64_t end_ = 0;  ///< of the file, in bytes
  std::uint64_t last_ = 0; ///< number
  std::vector<place> places_;
};

/// As in the file.
std::string to_json(const spooled& what);
/// Throws when it is none.
spooled spooled_from(const std::string& json);

} // namespace vdoc::ledger
