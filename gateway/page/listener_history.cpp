#include "gateway/page/listener_history.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::gateway {

void ListenerHistory::add(Sample sample, Instant now) {
  auto& files = sample.files;
  const auto kept = std::min(files.size(), most_files);
  std::partial_sort(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(kept), files.end(),
                    [](const Count& a, const Count& b) { return a.listeners > b.listeners; });
  files.resize(kept);
  files.shrink_to_fit();
  samples_.push_back(std::move(sample));
  if (samples_.size() > most_samples) samples_.pop_front();
  due_ = now + pause;
}

}  // namespace alluvium::gateway
