#include "core/peer/upload_budget.hpp"

#include <algorithm>

namespace alluvium::peer {

namespace {

constexpr Duration burst = std::chrono::milliseconds(250);

}  // namespace

Duration UploadBudget::backlog(Instant now) const {
  return std::max(booked_until_ - now, Duration::zero());
}

void UploadBudget::book(std::uint64_t bytes, Instant now) {
  if (!bits_per_second_) return;
  booked_until_ = std::max(booked_until_, now - burst) + time_for(bytes);
}

Duration UploadBudget::time_for(std::uint64_t bytes) const {
  if (!bits_per_second_) return {};
  return Duration(static_cast<Duration::rep>(static_cast<double>(bytes) * 8e6 /
                                             static_cast<double>(*bits_per_second_)));
}

}  // namespace alluvium::peer
