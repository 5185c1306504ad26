#include "gateway/meetings.hpp"

#include <algorithm>

namespace alluvium::gateway {

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
                                                     const net::Endpoint& who,
                                                     const IsKnown& is_known, Instant now) {
  const auto of_file = seekers_.find(file);
  if (of_file == seekers_.end()) return std::nullopt;
  const auto& seekers = of_file->second;
  const std::size_t first = static_cast<std::size_t>(random_.below(seekers.size()));
  for (std::size_t i = 0; i < seekers.size(); ++i) {
    const Seeker& seeker = seekers[(first + i) % seekers.size()];
    const bool suits = seeker.who != who && now - seeker.heard < heard_within &&
                       seeker.who.address.is_v4() == who.address.is_v4() && !is_known(seeker.who);
    if (!suits) continue;
    if (appointments_.size() >= most_waiting && appointments_.count(seeker.who) == 0) continue;
    auto& appointments = appointments_[seeker.who];
    const bool is_agreed =
        std::any_of(appointments.begin(), appointments.end(),
                    [&](const Appointment& agreed) { return agreed.with == who; });
    if (is_agreed || appointments.size() >= most_appointments) continue;
    appointments.push_back({who, now + notice});
    return Appointment{seeker.who, now + notice};
  }
  return std::nullopt;
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
    std::erase_if(seekers, [&](const Seeker& s) { return now - s.heard >= heard_within; });
  }
  std::erase_if(seekers_, [](const auto& entry) { return entry.second.empty(); });
  for (auto& [who, appointments] : appointments_) {
    std::erase_if(appointments, [&](const Appointment& agreed) { return agreed.at <= now; });
  }
  std::erase_if(appointments_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace alluvium::gateway
