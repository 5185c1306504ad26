#include "gateway/broadcaster/console.hpp"

#include "core/base/text.hpp"

#include <cstdio>

#include <unistd.h>

namespace alluvium::broadcaster {

Console::Console(bool is_quiet)
    : is_quiet_(is_quiet), is_terminal_(!is_quiet && ::isatty(STDERR_FILENO) == 1) {}

Console::~Console() {
  end_progress();
}

void Console::note(const std::string& sentence) {
  if (is_quiet_) return;
  end_progress();
  std::fprintf(stderr, "%s\n", sentence.c_str());
}

void Console::progress(std::size_t done, std::size_t total, std::string_view name) {
  if (!is_terminal_) return;
  constexpr std::size_t room_for_name = 50;
  std::fprintf(stderr, "\r\033[K%zu of %zu: %s", done, total,
               printable(name, room_for_name).c_str());
  std::fflush(stderr);
  has_progress_ = true;
}

void Console::end_progress() {
  if (!has_progress_) return;
  std::fputs("\r\033[K", stderr);
  has_progress_ = false;
}

}  // namespace alluvium::broadcaster
