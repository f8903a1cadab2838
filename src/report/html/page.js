"use strict";
(() => {
  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const labelled = (text, control) => make("label", {}, text, control);
  const controls = (label, ...children) => {
    const form = make("div", { className: "controls" }, ...children);
    form.setAttribute("role", "search");
    form.setAttribute("aria-label", label);
    return form;
  };
  const status = () => {
    const output = make("span", { className: "status" });
    output.setAttribute("role", "status");
    return output;
  };
  const words = (search) => search.value.toLowerCase().split(/\s+/).filter((word) => word);
  // What shows everything again, for links to what a filter hides.
  const resets = [];
  const fold = (inside, open) => make("button", {
    type: "button", textContent: open ? "Expand all" : "Collapse all",
    onclick: () => all("details", inside).forEach((one) => { if (!one.hidden) one.open = open; }),
  });

  for (const list of all("[data-filter=findings]")) {
    const cards = all(":scope > .card", list);
    const texts = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));
    const search = make("input", { type: "search" });
    const levels = ["error", "warning", "info"].filter((level) => cards.some((card) => card.dataset.severity === level));
    const boxes = levels.map((level) => make("input", { type: "checkbox", checked: true, value: level }));
    const order = make("select", {});
    for (const [value, name] of [["worst", "worst first"], ["share", "share of payloads"], ["rule", "rule"], ["place", "location"]]) {
      order.append(make("option", { value, textContent: name }));
    }
    const shown = status();
    const key = (selector) => (card) => card.querySelector(selector).textContent;
    const filter = () => {
      const wanted = words(search);
      const on = boxes.filter((box) => box.checked).map((box) => box.value);
      let count = 0;
      for (const card of cards) {
        const fits = on.includes(card.dataset.severity) && wanted.every((word) => texts.get(card).includes(word));
        card.hidden = !fits;
        count += fits ? 1 : 0;
      }
      shown.textContent = `${count} of ${cards.length} shown`;
    };
    const sort = () => {
      const by = { share: (a, b) => (b.dataset.share || 0) - (a.dataset.share || 0) };
      for (const [name, get] of [["rule", key(".rule")], ["place", key(".place")]]) {
        by[name] = (a, b) => get(a) < get(b) ? -1 : get(a) > get(b) ? 1 : 0;
      }
      list.append(...(by[order.value] ? [...cards].sort(by[order.value]) : cards));
    };
    search.oninput = filter;
    order.onchange = sort;
    boxes.forEach((box) => { box.onchange = filter; });
    resets.push(() => {
      search.value = "";
      boxes.forEach((box) => { box.checked = true; });
      filter();
    });
    list.before(controls("Filter findings", labelled("Search", search),
      ...boxes.map((box) => make("label", {}, box, box.value)),
      labelled("Order", order), fold(list, true), fold(list, false), shown));
    filter();
  }

  all("[data-filter=properties]").forEach((tree, at) => {
    const items = all("li", tree);
    const [texts, paths] = [new Map(), new Map()];
    for (const item of items) {
      const line = item.querySelector(":scope > details > summary") ?? item;
      const found = item.querySelector(":scope > details > .found");
      const name = line.querySelector("code").textContent.replaceAll("~", "~0").replaceAll("/", "~1");
      const step = (item.dataset.step ?? `/${name}`).toLowerCase();
      texts.set(item, `${line.textContent} ${found?.textContent ?? ""}`.toLowerCase());
      paths.set(item, `${paths.get(item.parentElement.closest("li")) ?? ""}${step}`);
    }
    const search = make("input", { type: "search" });
    const shown = status();
    search.oninput = () => {
      const wanted = words(search);
      // A word with a slash is a part of a path, and another one of the name, the types or the findings.
      const fits = (item) => wanted.every((word) => (word.includes("/") ? paths : texts).get(item).includes(word));
      const found = new Set(items.filter(fits));
      for (const item of items) {
        const inside = found.has(item) || all("li", item).some((one) => found.has(one));
        item.hidden = !inside && !items.some((one) => found.has(one) && one.contains(item));
        const details = item.querySelector(":scope > details");
        if (wanted.length && details && inside) details.open = true;
      }
      shown.textContent = wanted.length ? `${found.size} of ${items.length} match` : "";
    };
    resets.push(() => {
      search.value = "";
      search.oninput();
    });
    // No two landmarks have one name.
    const label = at ? `Filter properties, tree ${at + 1}` : "Filter properties";
    tree.before(controls(label, labelled("Search", search), fold(tree, true), fold(tree, false), shown));
  });

  for (const section of all("[data-filter=rows]")) {
    const heads = all("h3", section);
    // What is below each heading, up to the next one.
    const groups = heads.map((head) => {
      const below = [head];
      for (let at = head.nextElementSibling; at && at.localName !== "h3"; at = at.nextElementSibling) below.push(at);
      const rows = below.flatMap((one) => all("tbody tr", one));
      return { below, rows: rows.map((row) => [row, `${head.textContent} ${row.textContent}`.toLowerCase()]) };
    });
    const count = groups.reduce((sum, group) => sum + group.rows.length, 0);
    const search = make("input", { type: "search" });
    const shown = status();
    search.oninput = () => {
      const wanted = words(search);
      let fitting = 0;
      for (const { below, rows } of groups) {
        let some = !wanted.length;
        for (const [row, text] of rows) {
          row.hidden = !wanted.every((word) => text.includes(word));
          fitting += row.hidden ? 0 : 1;
          some ||= !row.hidden;
        }
        for (const one of below) one.hidden = !some;
      }
      shown.textContent = wanted.length ? `${fitting} of ${count} match` : "";
    };
    resets.push(() => {
      search.value = "";
      search.oninput();
    });
    section.querySelector("h2").after(controls("Search properties", labelled("Search", search), shown));
  }

  // On a phone each cell of a wide table is a line with the name of its column.
  for (const table of all("table")) {
    const heads = all("thead th", table);
    if (heads.length < 3) continue;
    table.classList.add("wide");
    for (const row of table.tBodies[0].rows) {
      heads.forEach((head, at) => { row.cells[at].dataset.label = head.textContent; });
    }
  }

  // Numbers in texts are compared as numbers: 4.5 % is less than 11.5 %.
  const { compare: inOrder } = new Intl.Collator("en", { numeric: true });
  for (const table of all("table:not(.fixed)")) {
    const body = table.tBodies[0];
    if (body.rows.length < 2) continue;
    const rows = [...body.rows];
    all("th", table).forEach((head, at) => {
      const value = (row) => row.cells[at].dataset.value ?? row.cells[at].textContent;
      const compare = (a, b) => isNaN(a) || isNaN(b) ? inOrder(a, b) : a - b;
      const button = make("button", { type: "button", textContent: head.textContent });
      button.onclick = () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        all("th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        body.append(...[...rows].sort((a, b) => compare(value(a), value(b)) * (down ? -1 : 1)));
      };
      head.replaceChildren(button);
    });
  }

  for (const command of all(".command")) {
    const button = make("button", { type: "button", className: "copy", textContent: "Copy command" });
    button.onclick = async () => {
      try {
        await navigator.clipboard.writeText(command.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(command);
        button.textContent = "Selected: copy with the keyboard";
      }
    };
    command.after(button);
  }

  // Only what can be scrolled is a stop of the keyboard, and a region for screen readers.
  const scrolled = new Map(all("[tabindex]").map((one) => [one, ["tabindex", "role", "aria-label"]
    .filter((name) => one.hasAttribute(name)).map((name) => [name, one.getAttribute(name)])]));
  const sized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const scrolls = target.scrollWidth > target.clientWidth;
      for (const [name, value] of scrolled.get(target)) {
        if (scrolls) target.setAttribute(name, value);
        else if (target !== document.activeElement) target.removeAttribute(name);
      }
    }
  });
  for (const one of scrolled.keys()) sized.observe(one);

  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.closest("[hidden]")) resets.forEach((reset) => reset());
    for (let at = target; at; at = at.parentElement) {
      if (at.localName === "details") at.open = true;
    }
    (target.closest("details.card") || target).scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])");
    folded.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((one) => { one.open = false; }));
})();
