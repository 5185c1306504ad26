#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace alluvium::broadcaster {

/// What the owner sees while a command works: sentences, and on a terminal one line of progress
/// that is written over. All of it goes to standard error; a command's result is its caller's to
/// print. Owned by main.
class Console {
 public:
  /// One that is quiet shows nothing.
  explicit Console(bool is_quiet = false);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  void note(const std::string& sentence);
  void progress(std::size_t done, std::size_t total, std::string_view name);
  void end_progress();

 private:
  bool is_quiet_;
  bool is_terminal_;
  bool has_progress_ = false;
};

}  // namespace alluvium::broadcaster
