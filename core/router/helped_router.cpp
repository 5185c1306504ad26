#include "core/router/helped_router.hpp"

#include "core/router/answer.hpp"
#include "core/router/helper.hpp"
#include "core/uv/child.hpp"

#include <utility>

namespace alluvium::router {

namespace {

/// NAT-PMP's tries, UPnP's search and a slow router's answers to three questions.
constexpr uv::ChildLimits limits = {std::chrono::seconds(12), 4'096};

std::vector<std::string> command(const std::string& program, const Errand& errand) {
  std::vector<std::string> words = {program, helper_word};
  for (std::string& argument : to_arguments(errand)) words.push_back(std::move(argument));
  return words;
}

}  // namespace

std::unique_ptr<Job> HelpedRouter::open(const PortRequest& request,
                                        std::function<void(const Outcome&)> on_done) {
  return std::make_unique<uv::Child>(
      loop_, command(program_, {request, {}, {}}), limits,
      [how = request.how, on_done = std::move(on_done)](const std::string& said) {
        on_done(parse_outcome(said, how));
      });
}

std::unique_ptr<Job> HelpedRouter::close(const Mapping& mapping, std::function<void()> on_done) {
  const MapPort how = mapping.protocol == Protocol::upnp ? MapPort::upnp : MapPort::nat_pmp;
  const Errand errand{{how, mapping.internal_port, mapping.external_port, {}},
                      mapping.control_url,
                      mapping.service};
  return std::make_unique<uv::Child>(
      loop_, command(program_, errand), limits,
      [on_done = std::move(on_done)](const std::string&) { on_done(); });
}

}  // namespace alluvium::router
