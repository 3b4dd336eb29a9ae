namespace Tidings.Browser;

/// <summary>Measures what can be read.</summary>
internal static class Contrast
{
    /// <summary>Texts whose contrast with what is behind them is below 4.5:1 (WCAG 2.2, 1.4.3), as "text: ratio".</summary>
    public const string FaintTexts =
        """
        () => {
          const channels = color => (color.match(/[\d.]+/g) ?? []).map(Number);
          const backgroundOf = node => {
            for (; node; node = node.parentElement) {
              const [r, g, b, a = 1] = channels(getComputedStyle(node).backgroundColor);
              if (a === 1) return [r, g, b];
            }
            return [255, 255, 255];
          };
          const luminance = rgb => rgb.slice(0, 3).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const ratio = node => {
            const [low, high] = [luminance(channels(getComputedStyle(node).color)), luminance(backgroundOf(node))].sort((x, y) => x - y);
            return (high + 0.05) / (low + 0.05);
          };
          const hasText = node => [...node.childNodes].some(child => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
          return [...document.querySelectorAll('body *')]
            .filter(node => (hasText(node) || node.matches('input, textarea')) && node.checkVisibility())
            .map(node => [node.textContent.trim() || node.value, ratio(node)])
            .filter(([, value]) => value < 4.5).map(([text, value]) => `${text}: ${value.toFixed(2)}`);
        }
        """;
}
