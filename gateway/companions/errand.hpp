#pragma once

#include "gateway/companions/companions.hpp"

#include <memory>
#include <string>

namespace alluvium::gateway {

/// The making of an answer that another gateway gives, or this one once it leads. Owned by the
/// server; Companions outlives it.
class Errand final : public http::Exchange {
 public:
  Errand(Companions& companions, http::Request request, bool handed, http::Responder& responder,
         Companions::Serve serve);
  ~Errand() override;
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;

  void on_drained() override;
  /// Whether it was answered, and nothing is under way.
  [[nodiscard]] bool is_over() const { return stage_ == Stage::is_over; }
  /// Who leads may have changed.
  void look();

 private:
  enum class Stage { waits, is_there, is_here, is_over };

  void hand_on();
  void on_answer(http::Fetch::Result result);
  void serve_here();
  void on_timer();
  /// Until it is answered from what is known here.
  [[nodiscard]] Duration left() const;

  Companions& companions_;
  http::Request request_;
  bool handed_;
  http::Responder& responder_;
  Companions::Serve serve_;
  Instant deadline_;
  Stage stage_ = Stage::waits;
  bool has_waited_ = false;
  std::uint64_t number_;
  std::string there_;    ///< The id of who is being asked.
  std::string in_vain_;  ///< Of who was, and did not answer.
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<http::Fetch> fetch_;
  std::unique_ptr<http::Exchange> here_;
};

}  // namespace alluvium::gateway
