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
})();
