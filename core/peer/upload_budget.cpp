#include "core/peer/upload_budget.hpp"

#include <algorithm>

namespace alluvium::peer {

namespace {

constexpr Duration burst = std::chrono::milliseconds(250);

}  // namespace

Duration UploadBudget::backlog(Instant now) const {
  return std::max(booked_until_ - now, Duration::zero());
}

Duration UploadBudget::reserve(std::uint64_t bytes, Instant now) {
  if (!bits_per_second_) return {};
  const Duration wait = backlog(now);
  const auto cost = static_cast<double>(bytes) * 8e6 / static_cast<double>(*bits_per_second_);
  booked_until_ = std::max(booked_until_, now - burst) + Duration(static_cast<Duration::rep>(cost));
  return wait;
}

}  // namespace alluvium::peer
