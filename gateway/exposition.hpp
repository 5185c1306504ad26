#pragma once

#include "gateway/latency.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace alluvium::gateway {

/// Text for Prometheus, exposition format 0.0.4, one metric after the other. Every name begins with
/// `alluvium_gateway_`; times are seconds.
class Exposition {
 public:
  struct Metric {
    const char* name;  ///< A counter's ends in `_total`, anything else is a gauge.
    const char* help;
    std::uint64_t value;
  };
  void add(std::initializer_list<Metric> metrics);

  /// A part of a counter that is divided by one label.
  struct Part {
    const char* value;  ///< The label's.
    std::uint64_t count;
  };
  void add_divided(const char* name, const char* help, const char* label,
                   const std::vector<Part>& parts);

  struct Times {
    std::string labels;  ///< As `a="b"`; empty for the only ones.
    Latency latency;
  };
  void add_histogram(const char* name, const char* help, const std::vector<Times>& times);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void describe(const std::string& name, const char* help, const char* type);
  void sample(const std::string& name, const std::string& labels, const std::string& value);

  std::string text_;
};

}  // namespace alluvium::gateway
