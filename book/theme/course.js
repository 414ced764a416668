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

  // A fade at the right edge says that there is more to see; it goes once the end is in sight.
  const fade = (wide) => {
    const more = wide.scrollWidth - wide.clientWidth - wide.scrollLeft > 1;
    wide.classList.toggle('has-more', more);
  };
  const sizes = new ResizeObserver((seen) => seen.forEach((entry) => fade(entry.target)));
  for (const wide of document.querySelectorAll('main pre > code, main .table-wrapper')) {
    sizes.observe(wide);
    wide.addEventListener('scroll', () => fade(wide), { passive: true });
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

// Commands are copied as they are typed: without the prompt, and without what the page shows as their answer.
(() => {
  // The prompt and the blank behind it are one element, so that a selection by hand leaves both out.
  for (const prompt of document.querySelectorAll('code.language-console .hljs-meta')) {
    const line = prompt.nextSibling;
    if (prompt.textContent === '$' && line && line.textContent.startsWith(' ')) {
      const text = line.nodeType === Node.TEXT_NODE ? line : line.firstChild;
      text.data = text.data.slice(1);
      prompt.textContent = '$ ';
    }
  }
  const commands = (text) => {
    let goesOn = false;
    const typed = text.split('\n').filter((line) => {
      const kept = goesOn || line.startsWith('$ ');
      goesOn = kept && line.endsWith('\\');
      return kept;
    });
    return typed.map((line) => line.replace(/^\$ /, '')).join('\n');
  };
  // mdBook's copy button asks this function of its own for what it copies.
  const whole = window.playground_text;
  if (typeof whole === 'function') {
    window.playground_text = (block, hidden) => {
      const code = block.querySelector('code.language-console');
      return code ? commands(code.textContent) : whole(block, hidden);
    };
  }
})();
