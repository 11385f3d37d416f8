// Draws shapes and text as SVG.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace bigocean::rehearse {

struct TextStyle {
  double size = 12;
  std::string fill = "#1f2933";
  std::string anchor = "start";  ///< start, middle or end
  bool bold = false;
};

class Canvas {
 public:
  /// `hint` is shown where a pointer rests on it; `attributes` are added as they are.
  void rect(double x, double y, double width, double height, const std::string& fill,
            const std::string& attributes = {}, const std::string& hint = {});
  void line(double x1, double y1, double x2, double y2, const std::string& stroke,
            const std::string& attributes = {});
  void text(double x, double y, const std::string& text, const TextStyle& style);
  /// Filled when `fill` is not "none".
  void path(const std::vector<std::pair<double, double>>& points, const std::string& fill,
            const std::string& attributes = {});

  std::string document(double width, double height, const std::string& title) const;

 private:
  std::string body_;
};

}  // namespace bigocean::rehearse
