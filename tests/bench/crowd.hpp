#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <netinet/in.h>

namespace alluvium::bench {

using Moment = std::chrono::steady_clock::time_point;

/// What a crowd has met since its last report, and when it heard its first bytes.
struct CrowdReport {
  double seconds = 0;       ///< How long the report is about.
  std::size_t hearing = 0;  ///< Players whose body has begun.
  std::size_t lost = 0;  ///< Streams that ended, failed, or did not begin in time, since the start.
  double bytes_per_second = 0;                  ///< Mean of the players that hear.
  double least_bytes_per_second = 0;            ///< The worst served of them.
  double gap_milliseconds = 0;                  ///< Mean time between two deliveries to one player.
  std::vector<double> first_byte_milliseconds;  ///< From `connect` on, ascending, since the start.
};

/// As many players of one stream as wanted, on plain sockets in one thread: they ask, skip the
/// head, and throw the rest away as fast as it comes. Who is dropped, or hears nothing for five
/// seconds, comes back a second later.
class Crowd {
 public:
  struct Stream {
    sockaddr_in server{};
    std::string path;
    bool wants_titles = false;
  };
  /// Connects all of them at once. Throws here and later std::system_error where this machine's
  /// limits are met.
  Crowd(const Stream& stream, std::size_t players);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// Reads what has come, waiting for it up to `longest`.
  void turn(std::chrono::milliseconds longest);
  /// Something besides players that ends a `turn` as soon as it can be read.
  void watch(int descriptor);
  [[nodiscard]] CrowdReport take_report();

 private:
  struct Player {
    std::uint32_t number = 0;
    int socket = -1;
    Moment first_tried;
    Moment tried;  ///< Connected, or lost.
    bool has_asked = false;
    bool hears = false;
    bool has_ever_heard = false;
    std::string head;
    double first_byte_milliseconds = 0;
    Moment last_read;
    std::uint64_t bytes = 0;
    std::uint64_t deliveries = 0;
  };
  void connect(Player& player);
  void serve(std::chrono::milliseconds longest);
  void bring_back();
  void on_ready(Player& player, std::uint32_t events);
  void ask(Player& player);
  void read(Player& player);
  void read_head(Player& player);
  void count(Player& player, std::size_t bytes, Moment now);
  void lose(Player& player);

  int epoll_ = -1;
  sockaddr_in server_;
  std::string request_;
  std::vector<Player> players_;
  std::size_t lost_ = 0;
  Moment brought_back_;
  Moment report_began_;
};

}  // namespace alluvium::bench
