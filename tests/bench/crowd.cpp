#include "tests/bench/crowd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace alluvium::bench {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Every so many players come from an address of their own, so that ports do not run out.
constexpr std::uint32_t players_per_address = 2'000;
/// What comes so soon after the last bytes belongs to the same delivery.
constexpr milliseconds same_delivery(5);
/// A player that hears nothing for so long gives up,
constexpr milliseconds patience(5'000);
/// and one without a stream tries again after this.
constexpr milliseconds pause_of_lost(1'000);
constexpr milliseconds between_looks(100);
/// While players connect those that are already there are served every so often.
constexpr std::size_t connects_between_turns = 8;

double in_milliseconds(steady_clock::duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

sockaddr* generic(sockaddr_in& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

}  // namespace

Crowd::Crowd(const Stream& stream, std::size_t players)
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      server_(stream.server),
      players_(players),
      report_began_(steady_clock::now()) {
  std::array<char, INET_ADDRSTRLEN> host{};
  inet_ntop(AF_INET, &stream.server.sin_addr, host.data(), host.size());
  request_ = "GET " + stream.path + " HTTP/1.1\r\nHost: " + host.data() + ":" +
             std::to_string(ntohs(stream.server.sin_port)) +
             "\r\nUser-Agent: many-players\r\nAccept: */*\r\n" +
             (stream.wants_titles ? "Icy-MetaData: 1\r\n" : "") + "Connection: close\r\n\r\n";
  for (std::uint32_t i = 0; i < players; ++i) {
    players_[i].number = i;
    players_[i].first_tried = steady_clock::now();
    connect(players_[i]);
    if (i % connects_between_turns == 0) serve(milliseconds(0));
  }
}

Crowd::~Crowd() {
  for (auto& player : players_) {
    if (player.socket >= 0) ::close(player.socket);
  }
  ::close(epoll_);
}

void Crowd::connect(Player& player) {
  player.has_asked = false;
  player.head.clear();
  player.socket = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int yes = 1;
  // The port is chosen by `connect`, which knows more free ones than `bind` does.
  checked(setsockopt(player.socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes),
          "IP_BIND_ADDRESS_NO_PORT");
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 256 * (1 + player.number / players_per_address));
  checked(bind(player.socket, generic(own), sizeof own), "bind");
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.ptr = &player;
  checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, player.socket, &event), "epoll_ctl");
  player.tried = steady_clock::now();
  if (::connect(player.socket, generic(server_), sizeof server_) < 0 && errno != EINPROGRESS) {
    throw std::system_error(errno, std::generic_category(), "connect");
  }
}

void Crowd::watch(int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
}

void Crowd::turn(milliseconds longest) {
  serve(longest);
  bring_back();
}

void Crowd::bring_back() {
  const auto now = steady_clock::now();
  if (now - brought_back_ < between_looks) return;
  brought_back_ = now;
  for (auto& player : players_) {
    const auto waited = now - player.tried;
    if (player.socket < 0) {
      if (waited > pause_of_lost) connect(player);
    } else if (!player.hears && waited > patience) {
      lose(player);
    }
  }
}

void Crowd::serve(milliseconds longest) {
  std::array<epoll_event, 256> events{};
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                               static_cast<int>(longest.count()));
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (auto* player = static_cast<Player*>(event.data.ptr)) on_ready(*player, event.events);
  }
}

void Crowd::on_ready(Player& player, std::uint32_t events) {
  if (player.socket < 0) return;
  if ((events & EPOLLOUT) != 0 && !player.has_asked) ask(player);
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && player.socket >= 0) read(player);
}

void Crowd::ask(Player& player) {
  player.has_asked = true;
  const auto sent = send(player.socket, request_.data(), request_.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request_.size())) lose(player);
}

void Crowd::read(Player& player) {
  if (!player.hears) read_head(player);
  while (player.socket >= 0 && player.hears) {
    // TCP throws the bytes away without copying them.
    constexpr std::size_t much = 1 << 20;
    const auto got = recv(player.socket, nullptr, much, MSG_TRUNC | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return lose(player);
    count(player, static_cast<std::size_t>(got), steady_clock::now());
  }
}

void Crowd::read_head(Player& player) {
  std::array<char, 4096> buffer;
  while (!player.hears) {
    const auto got = recv(player.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return lose(player);
    player.head.append(buffer.data(), static_cast<std::size_t>(got));
    const auto end = player.head.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    if (player.head.find(" 200 ") > player.head.find("\r\n")) return lose(player);
    const auto body = player.head.size() - end - 4;
    if (body == 0) continue;
    const auto now = steady_clock::now();
    player.hears = true;
    if (!std::exchange(player.has_ever_heard, true)) {
      player.first_byte_milliseconds = in_milliseconds(now - player.first_tried);
    }
    player.head = {};
    count(player, body, now);
  }
}

void Crowd::count(Player& player, std::size_t bytes, Moment now) {
  if (now - player.last_read > same_delivery) ++player.deliveries;
  player.last_read = now;
  player.bytes += bytes;
}

void Crowd::lose(Player& player) {
  ::close(player.socket);
  player.socket = -1;
  player.hears = false;
  player.tried = steady_clock::now();
  ++lost_;
}

CrowdReport Crowd::take_report() {
  const auto now = steady_clock::now();
  CrowdReport report;
  report.seconds = in_milliseconds(now - report_began_) / 1000;
  report_began_ = now;
  report.lost = lost_;
  std::uint64_t bytes = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t least = UINT64_MAX;
  for (auto& player : players_) {
    if (player.has_ever_heard)
      report.first_byte_milliseconds.push_back(player.first_byte_milliseconds);
    if (player.hears) {
      ++report.hearing;
      bytes += player.bytes;
      deliveries += player.deliveries;
      least = std::min(least, player.bytes);
    }
    player.bytes = 0;
    player.deliveries = 0;
  }
  std::sort(report.first_byte_milliseconds.begin(), report.first_byte_milliseconds.end());
  if (report.hearing == 0) return report;
  const auto player_seconds = static_cast<double>(report.hearing) * report.seconds;
  report.bytes_per_second = static_cast<double>(bytes) / player_seconds;
  report.least_bytes_per_second = static_cast<double>(least) / report.seconds;
  if (deliveries > 0)
    report.gap_milliseconds = 1000 * player_seconds / static_cast<double>(deliveries);
  return report;
}

}  // namespace alluvium::bench
