#include "core/media/framer.hpp"

#include "tests/core/media/ogg_samples.hpp"
#include "tests/core/media/samples.hpp"
#include "tests/core/media/webm_samples.hpp"

#include <string_view>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;
using namespace std::chrono_literals;

TEST_CASE("the format is what the MIME type says, and where that says nothing what the bytes say") {
  const Bytes mp3 = joined(mp3_frames(4));
  const Bytes tagged = id3v2(100'000, 0);
  const Bytes adts = joined({adts_frame(100, 1), adts_frame(90, 2), adts_frame(80, 3)});
  const Bytes tagged_adts = joined({id3v2(20, 0), adts});
  const Bytes ogg = to_bytes(as_bytes("OggS and more"));
  const Bytes mpegts = mpegts_packets(3);
  const Bytes html = to_bytes(as_bytes("<html>not found</html>"));
  struct Case {
    const char* mime_type;
    const Bytes& bytes;
    Format format;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"audio/mpeg", html, Format::mp3},
           {"Audio/MPEG; charset=x", html, Format::mp3},
           {"audio/aacp", html, Format::adts},
           {"application/ogg", html, Format::ogg},
           {"video/ogg", html, Format::ogg},
           {"application/octet-stream", mp3, Format::mp3},
           {"", mp3, Format::mp3},
           {"", tagged, Format::mp3},
           {"", adts, Format::adts},
           {"", tagged_adts, Format::adts},
           {"text/plain", ogg, Format::ogg},
           {"video/mp2t", html, Format::mpegts},
           {"", mpegts, Format::mpegts},
           {"audio/mp4", html, Format::opaque},
           {"", html, Format::opaque},
           {"", {}, Format::opaque},
       }) {
    CAPTURE(c.mime_type, c.bytes.size());
    CHECK(format_of(c.mime_type, c.bytes) == c.format);
  }
  CHECK(sniffed_type(mp3) == "audio/mpeg");
  CHECK(sniffed_type(adts) == "audio/aac");
  CHECK(sniffed_type(ogg) == "audio/ogg");
  CHECK(sniffed_type(mpegts) == "video/mp2t");
  CHECK(sniffed_type(ByteView(mpegts).first(376)) == "application/octet-stream");
  CHECK(sniffed_type(html) == "application/octet-stream");
}

TEST_CASE("what a container shows is told by its first streams or tracks") {
  const auto ogg = [](const std::vector<Bytes>& first_packets) {
    Bytes file;
    for (std::size_t i = 0; i < first_packets.size(); ++i) {
      OggWriter writer(static_cast<int>(i));
      writer.packet(first_packets[i], 0);
      const Bytes page = writer.flush();
      file.insert(file.end(), page.begin(), page.end());
    }
    return file;
  };
  using Type = TrackType;
  struct Case {
    Bytes file;
    Format format;
    std::string_view type;
  };
  for (const Case& c : {
           Case{ogg({vorbis_head(44'100)}), Format::ogg, "audio/ogg"},
           Case{ogg({vorbis_head(44'100), theora_head(25, 1)}), Format::ogg, "video/ogg"},
           Case{ogg({to_bytes(as_bytes("OVP80 and more"))}), Format::ogg, "video/ogg"},
           Case{webm_head({Type::audio}), Format::webm, "audio/webm"},
           Case{webm_head({Type::audio, Type::video}), Format::webm, "video/webm"},
           Case{webm_head({Type::audio}, "matroska"), Format::webm, "audio/x-matroska"},
           Case{webm_head({Type::video}, "matroska"), Format::webm, "video/x-matroska"},
           Case{to_bytes(ByteView(webm_head({Type::audio})).first(60)), Format::webm, "video/webm"},
       }) {
    CAPTURE(c.type);
    CHECK(format_of({}, c.file) == c.format);
    CHECK(sniffed_type(c.file) == c.type);
    for (std::size_t size = 0; size < c.file.size(); ++size) {
      const auto type = sniffed_type(ByteView(c.file).first(size));
      CHECK((size < 4 || type.starts_with("audio/") || type.starts_with("video/")));
    }
  }
  CHECK(format_of("video/webm; codecs=\"vp8\"", {}) == Format::webm);
  CHECK(format_of("audio/x-matroska", {}) == Format::webm);
}

TEST_CASE("frames within another container are not a file of frames") {
  using namespace std::string_view_literals;
  const Bytes frames = joined(mp3_frames(3));
  for (const std::string_view beginning :
       {"FLV\x01\x05"sv, "NSVf\0\0\0\x20"sv, "RIFF\x10\x20\0\0AVI LIST"sv,
        "\0\0\0\x20"
        "ftypisom"sv,
        "\x30\x26\xb2\x75\x8e\x66\xcf\x11"sv, "fLaC\0\0\0\x22"sv}) {
    const Bytes file = joined({to_bytes(as_bytes(beginning)), frames});
    CAPTURE(beginning);
    CHECK(format_of({}, file) == Format::opaque);
    CHECK(sniffed_type(file) == "application/octet-stream");
  }
}

TEST_CASE("a file of unknown format is carried whole, evenly paced, and only from its beginning") {
  Bytes file(10'000, 'x');
  for (std::size_t i = 0; i < file.size(); ++i) file[i] = static_cast<std::uint8_t>(i / 40);
  for (const std::size_t step : {1, 4'096, 5'000, 10'000}) {
    const auto pieces = pieces_of(Format::opaque, file, step);
    CAPTURE(step);
    REQUIRE(pieces.size() == 3);
    CHECK(bytes_of(pieces) == file);
    CHECK(pieces[1].offset == 4'096);
    CHECK(pieces[1].start == 4'096ms);
    CHECK(pieces[2].start + pieces[2].duration == 10s);
    CHECK(pieces[0].is_entry);
    CHECK_FALSE(pieces[1].is_entry);
    CHECK_FALSE(pieces[2].is_entry);
  }
  const auto framer = make_framer(Format::opaque, 10s, 10'000);
  CHECK_FALSE(framer->can_jump());
  CHECK_FALSE(framer->can_be_entered());
}

TEST_CASE("a file of unknown format and duration has no times") {
  const auto framer = make_framer(Format::opaque, {}, 0);
  framer->feed(Bytes(5'000));
  const auto piece = framer->next();
  REQUIRE(piece);
  CHECK(piece->duration == 0s);
}

TEST_CASE("what is of one format can follow, what is of none can not") {
  const auto family = [](Format format) { return make_framer(format, {}, 0)->family(); };
  CHECK(family(Format::mp3) == "mpeg");
  CHECK(family(Format::adts) == "adts");
  CHECK(family(Format::mpegts) == "mpegts");
  CHECK(family(Format::opaque).empty());
  for (const Format format : {Format::mp3, Format::adts, Format::mpegts}) {
    CHECK(make_framer(format, {}, 0)->can_be_entered());
  }
}
