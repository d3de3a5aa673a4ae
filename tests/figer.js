// Replaces what changes with the clock and with chance by what looks the same: dates, hours, references.
() => {
  const mois = '(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)';
  const jours = '(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)';
  const Jours = '(?:Lundi|Mardi|Mercredi|Jeudi|Vendredi|Samedi|Dimanche)';
  const espace = '[ \\u00a0\\u202f]';
  const motifs = [
    [new RegExp(`${jours}${espace}\\d{1,2}(?:er)?${espace}${mois}`, 'g'), 'mardi 3\u00a0mars'],
    [new RegExp(`${Jours}${espace}\\d{1,2}(?:er)?${espace}${mois}`, 'g'), 'Mardi 3\u00a0mars'],
    [new RegExp(`\\d{1,2}(?:er)?${espace}${mois}`, 'g'), '3\u00a0mars'],
    [new RegExp(`(3\u00a0mars${espace})20\\d\\d`, 'g'), '3\u00a0mars 2026'],
    [/\d{2}\/\d{2}\/20\d\d/g, '03/03/2026'],
    // Opening hours, which have a dash between them, do not move.
    [new RegExp(`(?<!–${espace})\\b\\d{1,2}${espace}h(?:${espace}\\d{2})?\\b(?!${espace}(?:–|\\d))`, 'g'), '14\u00a0h\u00a005'],
    [/\b\d{2}:\d{2}(?::\d{2})?\b/g, '14:05'],
  ];
  const vues = new Map();
  const reference = (lue) => {
    if (!vues.has(lue)) vues.set(lue, `R-7F3K-${1000 + vues.size}`);
    return vues.get(lue);
  };
  const pas = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (pas.nextNode()) {
    let texte = pas.currentNode.data;
    for (const [motif, fixe] of motifs) texte = texte.replace(motif, fixe);
    pas.currentNode.data = texte.replace(/R-[0-9A-Z]{4}-[0-9A-Z]{4}/g, reference);
  }
}
