#include "core/router/helper.hpp"

#include "core/router/answer.hpp"
#include "core/router/nat_pmp.hpp"
#include "core/router/upnp.hpp"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <vector>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace alluvium::router {

namespace {

constexpr unsigned longest_seconds = 15;
constexpr rlim_t most_memory = rlim_t{192} << 20;

void limit(int what, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(static_cast<__rlimit_resource>(what), &both);
}

/// What the other side sends is read by libraries that bound neither its length nor its time.
void confine_this_process() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGALRM, SIG_DFL);
  alarm(longest_seconds);
  limit(RLIMIT_CPU, 5);
  limit(RLIMIT_CORE, 0);
  // A program that needs more from the start (with sanitizers) could not even say so.
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  if (pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) < most_memory) {
    limit(RLIMIT_AS, most_memory);
  }
}

void say(const std::variant<Mapping, FailedAttempt>& outcome) {
  std::visit([](const auto& said) { std::fputs(to_line(said).c_str(), stdout); }, outcome);
  std::fflush(stdout);
}

void run(const Errand& errand) {
  const auto route = find_default_route();
  if (errand.request.how != MapPort::upnp) {
    const auto outcome = route ? ask_nat_pmp(errand.request)
                               : FailedAttempt{Protocol::nat_pmp, Failure::no_router, 0};
    say(outcome);
    if (std::holds_alternative<Mapping>(outcome)) return;
  }
  if (errand.request.how != MapPort::nat_pmp) {
    say(route ? ask_upnp(errand, *route) : FailedAttempt{Protocol::upnp, Failure::no_router, 0});
  }
}

}  // namespace

std::optional<int> run_as_helper(int argc, char** argv) {
  if (argc < 2 || std::string_view(argv[1]) != helper_word) return std::nullopt;
  const std::vector<std::string_view> arguments(argv + 2, argv + argc);
  const auto errand = parse_errand(arguments);
  if (!errand) return 1;
  confine_this_process();
  run(*errand);
  return 0;
}

}  // namespace alluvium::router
