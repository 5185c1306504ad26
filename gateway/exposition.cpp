#include "gateway/exposition.hpp"

#include <chrono>

namespace alluvium::gateway {

namespace {

const std::string prefix = "alluvium_gateway_";

std::string seconds_text(Duration time) {
  return std::to_string(std::chrono::duration<double>(time).count());
}

}  // namespace

void Exposition::describe(const std::string& name, const char* help, const char* type) {
  text_ += "# HELP " + prefix + name + " " + help + "\n";
  text_ += "# TYPE " + prefix + name + " " + type + "\n";
}

void Exposition::sample(const std::string& name, const std::string& labels,
                        const std::string& value) {
  text_ += prefix + name;
  if (!labels.empty()) text_ += "{" + labels + "}";
  text_ += " " + value + "\n";
}

void Exposition::add(std::initializer_list<Metric> metrics) {
  for (const auto& metric : metrics) {
    const std::string name = metric.name;
    describe(name, metric.help, name.ends_with("_total") ? "counter" : "gauge");
    sample(name, "", std::to_string(metric.value));
  }
}

void Exposition::add_divided(const char* name, const char* help, const char* label,
                             const std::vector<Part>& parts) {
  describe(name, help, "counter");
  for (const auto& part : parts) {
    sample(name, std::string(label) + "=\"" + part.value + "\"", std::to_string(part.count));
  }
}

void Exposition::add_histogram(const char* name, const char* help,
                               const std::vector<Times>& times) {
  describe(name, help, "histogram");
  const std::string base = name;
  for (const auto& [labels, latency] : times) {
    const std::string before = labels.empty() ? "" : labels + ",";
    const auto bucket = [&](const std::string& bound, std::uint64_t count) {
      sample(base + "_bucket", before + "le=\"" + bound + "\"", std::to_string(count));
    };
    for (std::size_t i = 0; i < Latency::bounds.size(); ++i) {
      bucket(seconds_text(Latency::bounds[i]), latency.within(i));
    }
    bucket("+Inf", latency.count());
    sample(base + "_sum", labels, seconds_text(latency.sum()));
    sample(base + "_count", labels, std::to_string(latency.count()));
  }
}

}  // namespace alluvium::gateway
