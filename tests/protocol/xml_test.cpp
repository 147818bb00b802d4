// XML text is copied by words: every byte at every place of texts of every length must come out as
// it does one byte at a time.
#include "emulator/protocol/xml_write.h"

#include <gtest/gtest.h>

#include "emulator/model/model.h"
#include "emulator/protocol/codec.h"

namespace squall::protocol {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  {
    XmlSink sink(out);
    sink.text(text);
  }
  return out;
}

std::string expected_of(unsigned char byte) {
  switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\r': return "&#xD;";
    case '\n':
    case '\t': return std::string(1, static_cast<char>(byte));
    default:
      if (byte >= 0x20 && byte < 0x80) return std::string(1, static_cast<char>(byte));
      return "\xEF\xBF\xBD";
  }
}

TEST(Xml, EveryByteAtEveryPlace) {
  for (size_t size = 1; size <= 40; ++size)
    for (size_t at = 0; at < size; ++at)
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(byte);
        const std::string wanted = std::string(at, 'x') +
                                   expected_of(static_cast<unsigned char>(byte)) +
                                   std::string(size - at - 1, 'x');
        ASSERT_EQ(escaped(text), wanted) << byte << " at " << at << " of " << size;
      }
}

TEST(Xml, CharactersOfMoreBytes) {
  EXPECT_EQ(escaped("caf\xC3\xA9 \xF0\x9F\x98\x80 \xE6\xBC\xA2 <"),
            "caf\xC3\xA9 \xF0\x9F\x98\x80 \xE6\xBC\xA2 &lt;");
  EXPECT_EQ(escaped(""), "");
}

TEST(Xml, NamesOfEveryLength) {
  for (size_t size = 1; size < 100; ++size) {
    const std::string name(size, 'n');
    const std::string tag = "</" + name + ">" + std::string(64, '\0');
    std::string out = "before";
    {
      XmlSink sink(out);
      sink.element(Tag{tag.data(), size}, "text");
      sink.open(Tag{tag.data(), size});
      sink.close(Tag{tag.data(), size});
    }
    EXPECT_EQ(out, "before<" + name + ">text</" + name + "><" + name + "></" + name + ">");
  }
}

TEST(Xml, RenderedItemsAreWhatTheWholeAnswerHas) {
  for (const std::string_view service : {"ec2", "autoscaling"}) {
    const bool ec2 = service == "ec2";
    Call call;
    call.service = model::find_service(service);
    call.operation = call.service->find_operation(ec2 ? "DescribeVpcs" : "DescribeTags");
    call.protocol = call.service->protocols().front();
    const Value item = ec2 ? Value{{"VpcId", "vpc-1"}, {"IsDefault", true}}
                           : Value{{"Key", "a<b"}, {"PropagateAtLaunch", false}};
    const Key member = ec2 ? Key("Vpcs") : Key("Tags");
    Value whole = Value::list(), parts = Value::list();
    ASSERT_TRUE(renders_items(call));
    RenderRoom room{Arena::current()};
    for (int i = 0; i < 3; ++i) {
      whole.push(item);
      parts.push(Value::rendered(
          render_item(call, call.operation.output().find(member.text), item, room)));
    }
    Response expected, rendered;
    encode(call, {{member, whole}}, "id", expected);
    encode(call, {{member, parts}}, "id", rendered);
    EXPECT_EQ(rendered.body, expected.body);
    EXPECT_NE(rendered.body.find(ec2 ? "<vpcId>vpc-1</vpcId>" : "<Key>a&lt;b</Key>"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace squall::protocol
