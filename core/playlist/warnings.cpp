#include "core/playlist/warnings.hpp"

namespace alluvium::playlist {

namespace {

constexpr std::size_t max_kept = 50;

}  // namespace

void Warnings::add(std::string sentence) {
  if (kept_.size() < max_kept) {
    kept_.push_back(std::move(sentence));
  } else {
    ++dropped_;
  }
}

std::vector<std::string> Warnings::list() const {
  std::vector<std::string> sentences = kept_;
  if (dropped_ > 0) sentences.push_back("and " + std::to_string(dropped_) + " more like these");
  return sentences;
}

}  // namespace alluvium::playlist
