// Copies UIkit's three files from the npm package to static/, where git ignores them.
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const files = [
  ["css/uikit.min.css", "uikit.min.css"],
  ["js/uikit.min.js", "uikit.min.js"],
  ["js/uikit-icons.min.js", "uikit-icons.min.js"],
];

mkdirSync(here("static"), { recursive: true });
for (const [from, to] of files) {
  copyFileSync(here(`node_modules/uikit/dist/${from}`), here(`static/${to}`));
  console.log(`static/${to}`);
}
