#include "gateway/log_lines.hpp"

#include "core/base/text.hpp"
#include "gateway/local_time.hpp"

#include <spdlog/spdlog.h>

namespace alluvium::gateway {

void LogLines::on_file_known(const FileVersion& file) {
  spdlog::info("{} is {} ({})", printable(file.url.text()), file.root().urn(),
               human_bytes(file.facts.length));
}

void LogLines::on_file_failed(const http::Url& url, std::string_view reason) {
  spdlog::warn("{} could not be fetched: {}", printable(url.text()), printable(reason));
}

void LogLines::on_file_not_kept(const http::Url& url, std::string_view reason) {
  spdlog::error("what is known of {} could not be stored: {}", printable(url.text()),
                printable(reason));
}

void LogLines::on_station_read(const http::Url& url, std::string_view title, std::size_t items) {
  spdlog::info("station {} ({}) has {} items", printable(title), printable(url.text()), items);
}

void LogLines::on_station_warning(const http::Url& url, std::string_view warning) {
  spdlog::warn("playlist {}: {}", printable(url.text()), printable(warning));
}

void LogLines::on_station_failed(const http::Url& url, std::string_view reason) {
  spdlog::warn("playlist {} could not be read, and what was known of it stays: {}",
               printable(url.text()), printable(reason));
}

void LogLines::on_store(bool is_lost) {
  if (is_lost) {
    spdlog::warn(
        "the Redis that the gateways share does not answer: this one goes on from memory, and "
        "whoever leads goes on leading");
  } else {
    spdlog::info("the Redis that the gateways share answers again");
  }
}

void LogLines::on_lead(bool leads, std::string_view leader) {
  if (leads) {
    spdlog::info("this gateway leads the others");
  } else {
    spdlog::info("the gateway at {} leads", printable(leader));
  }
}

void LogLines::on_store_trouble(std::string_view reason) {
  if (reason.empty()) return spdlog::info("the store can be written again");
  spdlog::error("{}; what is learnt of files is kept in memory only", reason);
}

void LogLines::on_coming_trouble(const ComingTrouble& trouble) {
  spdlog::warn("\"{}\" of playlist {}, due {}: {} {}", printable(trouble.title),
               printable(trouble.station.text()),
               trouble.due ? local_time(*trouble.due) : "at any time",
               printable(trouble.url.text()), printable(trouble.text));
}

void LogLines::on_coming_settled(const ComingTrouble& trouble) {
  spdlog::info("{} of playlist {} is no longer in trouble", printable(trouble.url.text()),
               printable(trouble.station.text()));
}

void LogLines::on_file_replaced(const FileVersion& by, const hash::TreeRoot& before) {
  spdlog::warn("{} was replaced at its origin: it was {}", printable(by.url.text()), before.urn());
}

void LogLines::on_peer_checked(const net::Endpoint& peer, bool reachable) {
  spdlog::debug("listener {} {}", peer.text(), reachable ? "can be reached" : "cannot be reached");
}

}  // namespace alluvium::gateway
