// What mdBook leaves to be told to keyboards and screen readers.
(() => {
  // A label that opens and closes something is a button to everybody who cannot see it.
  const toggle = document.getElementById('mdbook-sidebar-toggle');
  if (toggle) {
    toggle.setAttribute('role', 'button');
  }
  // What scrolls sideways on a narrow screen has to be reached without a mouse.
  for (const wide of document.querySelectorAll('main pre > code, main .table-wrapper')) {
    wide.tabIndex = 0;
  }
  // On paper nothing can be unfolded: it is printed open, and folded again afterwards.
  const folded = [];
  window.addEventListener('beforeprint', () => {
    for (const part of document.querySelectorAll('main details:not([open])')) {
      part.open = true;
      folded.push(part);
    }
  });
  window.addEventListener('afterprint', () => {
    for (const part of folded.splice(0)) {
      part.open = false;
    }
  });
})();
