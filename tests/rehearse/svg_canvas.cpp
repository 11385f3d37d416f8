// Draws shapes and text as SVG.
#include "tests/rehearse/svg_canvas.hpp"

#include <fmt/format.h>

namespace bigocean::rehearse {
namespace {

std::string escaped(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        // What XML does not know at all.
        result += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
    }
  }
  return result;
}

}  // namespace

void Canvas::rect(double x, double y, double width, double height, const std::string& fill,
                  const std::string& attributes, const std::string& hint) {
  body_ += fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" {})", x, y,
                       width, height, fill, attributes);
  body_ += hint.empty() ? "/>\n" : fmt::format("><title>{}</title></rect>\n", escaped(hint));
}

void Canvas::line(double x1, double y1, double x2, double y2, const std::string& stroke,
                  const std::string& attributes) {
  body_ += fmt::format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" {}/>)", x1, y1,
                       x2, y2, stroke, attributes);
  body_ += '\n';
}

void Canvas::text(double x, double y, const std::string& text, const TextStyle& style) {
  body_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" font-size="{}" fill="{}" text-anchor="{}"{}>{}</text>)",
                       x, y, style.size, style.fill, style.anchor, style.bold ? R"( font-weight="bold")" : "",
                       escaped(text));
  body_ += '\n';
}

void Canvas::path(const std::vector<std::pair<double, double>>& points, const std::string& fill,
                  const std::string& attributes) {
  if (points.empty()) return;
  std::string steps;
  for (const auto& [x, y] : points) steps += fmt::format("{}{:.1f} {:.1f}", steps.empty() ? "M" : "L", x, y);
  if (fill != "none") steps += "Z";
  body_ += fmt::format(R"(<path d="{}" fill="{}" {}/>)", steps, fill, attributes);
  body_ += '\n';
}

std::string Canvas::document(double width, double height, const std::string& title) const {
  constexpr auto kFonts = "DejaVu Sans, Verdana, Helvetica, sans-serif";
  std::string head = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" height="{1:.0f}")",
      width, height);
  head += fmt::format(R"( role="img" font-family="{}">)", kFonts);
  head += fmt::format("\n<title>{}</title>\n", escaped(title));
  head +=
      R"svg(<defs><pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" )svg"
      R"svg(patternTransform="rotate(45)"><rect width="3" height="6" fill="#fff" fill-opacity="0.55"/>)svg"
      "</pattern></defs>\n";
  head += fmt::format(R"(<rect width="{:.0f}" height="{:.0f}" fill="#ffffff"/>)", width, height);
  return head + "\n" + body_ + "</svg>\n";
}

}  // namespace bigocean::rehearse
