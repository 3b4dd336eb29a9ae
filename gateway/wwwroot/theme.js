// Runs before the first paint, so that a remembered choice does not flash; without one the system's preference holds.
{
  const root = document.documentElement;
  const remembered = () => { try { return localStorage.getItem('theme'); } catch { return null; } };
  // Storage may be forbidden: then the choice lasts for this page.
  const remember = theme => { try { localStorage.setItem('theme', theme); } catch { } };
  const current = () => root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

  const theme = remembered();
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;

  addEventListener('DOMContentLoaded', () => {
    document.getElementById('theme').addEventListener('click', () => {
      root.dataset.theme = current() === 'dark' ? 'light' : 'dark';
      remember(root.dataset.theme);
    });
  });
}
