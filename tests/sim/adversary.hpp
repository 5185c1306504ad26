#pragma once

#include "core/http/client.hpp"
#include "core/http/handler.hpp"
#include "tests/sim/host.hpp"
#include "tests/sim/station.hpp"

#include <memory>

namespace alluvium::sim {

/// Somebody who takes part only to do harm: says to have everything from the first moment on,
/// passes the gateway's test, and then sends false bytes, or never answers. Destroying it is as if
/// its process was killed.
class Adversary final : private http::Handler {
 public:
  enum class Kind { liar, withholder };

  Adversary(Host& host, const Station& station, Kind kind);
  ~Adversary() override;
  Adversary(const Adversary&) = delete;
  Adversary& operator=(const Adversary&) = delete;

 private:
  class FalseAnswer;
  void announce();
  std::unique_ptr<http::Exchange> on_request(const http::Request& request,
                                             http::Responder& responder) override;

  Host& host_;
  const Station& station_;
  Kind kind_;
  Slice false_chunk_;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<http::Fetch> fetch_;
};

}  // namespace alluvium::sim
