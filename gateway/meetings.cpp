#include "gateway/meetings.hpp"

#include <algorithm>

namespace alluvium::gateway {

namespace {

constexpr std::size_t most_compared = 16;

}  // namespace

void Meetings::seek(const hash::TreeRoot& file, const net::Endpoint& who, Instant now) {
  if (seekers_.size() >= most_files && seekers_.count(file) == 0) return;
  auto& seekers = seekers_[file];
  const auto known = std::find_if(seekers.begin(), seekers.end(),
                                  [&](const Seeker& seeker) { return seeker.who == who; });
  if (known != seekers.end()) {
    known->heard = now;
  } else if (seekers.size() < most_seekers) {
    seekers.push_back({who, now});
  } else {
    seekers[static_cast<std::size_t>(random_.below(seekers.size()))] = {who, now};
  }
}

std::optional<Meetings::Appointment> Meetings::agree(const hash::TreeRoot& file,
                                                     const net::Endpoint& who, const Burden& burden,
                                                     Instant now) {
  const auto of_file = seekers_.find(file);
  if (of_file == seekers_.end()) return std::nullopt;
  const auto& seekers = of_file->second;
  const auto first = static_cast<std::size_t>(random_.below(seekers.size()));
  const net::Endpoint* best = nullptr;
  std::size_t least = 0;
  std::size_t compared = 0;
  for (std::size_t i = 0; i < seekers.size() && compared < most_compared; ++i) {
    const Seeker& seeker = seekers[(first + i) % seekers.size()];
    const bool suits = seeker.who != who && is_there(seeker, now) &&
                       seeker.who.address.is_v4() == who.address.is_v4();
    if (!suits) continue;
    const auto agreed = appointments_.find(seeker.who);
    const std::size_t appointments = agreed == appointments_.end() ? 0 : agreed->second.size();
    if (appointments >= most_appointments) continue;
    if (agreed == appointments_.end() && appointments_.size() >= most_waiting) continue;
    const bool is_agreed =
        appointments > 0 &&
        std::any_of(agreed->second.begin(), agreed->second.end(),
                    [&](const Appointment& appointment) { return appointment.with == who; });
    const auto others = is_agreed ? std::nullopt : burden(seeker.who);
    if (!others) continue;
    ++compared;
    if (best != nullptr && *others + appointments >= least) continue;
    best = &seeker.who;
    least = *others + appointments;
  }
  if (best == nullptr) return std::nullopt;
  appointments_[*best].push_back({who, now + notice});
  return Appointment{*best, now + notice};
}

std::vector<Meetings::Appointment> Meetings::take(const net::Endpoint& who, Instant now) {
  const auto found = appointments_.find(who);
  if (found == appointments_.end()) return {};
  std::vector<Appointment> appointments = std::move(found->second);
  appointments_.erase(found);
  std::erase_if(appointments, [&](const Appointment& agreed) { return agreed.at <= now; });
  return appointments;
}

void Meetings::tidy(Instant now) {
  for (auto& [file, seekers] : seekers_) {
    std::erase_if(seekers, [&](const Seeker& seeker) { return !is_there(seeker, now); });
  }
  std::erase_if(seekers_, [](const auto& entry) { return entry.second.empty(); });
  for (auto& [who, appointments] : appointments_) {
    std::erase_if(appointments, [&](const Appointment& agreed) { return agreed.at <= now; });
  }
  std::erase_if(appointments_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace alluvium::gateway
