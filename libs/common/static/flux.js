// Renews parts of a page as the server tells (common/flux.py). Every page works without this file, by reloading.
//
//   <section data-flux="/address?depuis=place" data-flux-max="50" data-direct="En direct" data-coupe="…" data-fini="…">
//     <p data-flux-etat hidden></p>      says, by the words above, whether the page follows
//     <ol data-flux-liste></ol>          what is new goes first, beyond `data-flux-max` the last one goes
//   </section>
//
// A message is HTML from our own templates: each element replaces the one with its id, or begins the list.
const PREMIERE_ATTENTE = 3000;
const DERNIERE_ATTENTE = 60000;
const ATTEIGNABLES = "a, button, summary";

const suivre = (zone) => {
  let source = null;
  let depuis = "";
  let attente = PREMIERE_ATTENTE;
  let rendezVous = 0;

  const dire = (quoi) => {
    const etat = zone.querySelector("[data-flux-etat]");
    if (!etat) return;
    etat.hidden = false;
    etat.dataset.fluxEtat = quoi;
    etat.textContent = zone.dataset[quoi] ?? "";
  };

  const placer = (html) => {
    const moule = document.createElement("template");
    moule.innerHTML = html;
    const liste = zone.querySelector("[data-flux-liste]");
    for (const nouveau of [...moule.content.children].reverse()) {
      const ancien = document.getElementById(nouveau.id);
      if (!ancien) {
        liste?.prepend(nouveau);
        continue;
      }
      // What somebody has unfolded, and where the keyboard is, stays so.
      ancien.querySelectorAll("details").forEach((un, rang) => {
        nouveau.querySelectorAll("details")[rang]?.toggleAttribute("open", un.open);
      });
      const place = [...ancien.querySelectorAll(ATTEIGNABLES)].indexOf(document.activeElement);
      ancien.replaceWith(nouveau);
      nouveau.querySelectorAll(ATTEIGNABLES)[place]?.focus();
    }
    const maximum = Number(zone.dataset.fluxMax ?? Infinity);
    while (liste && liste.children.length > maximum) liste.lastElementChild.remove();
    zone.toggleAttribute("data-flux-vide", liste?.children.length === 0);
  };

  const fermer = () => {
    clearTimeout(rendezVous);
    source?.close();
    source = null;
  };

  const brancher = () => {
    fermer();
    const adresse = new URL(zone.dataset.flux, location.href);
    if (depuis) adresse.searchParams.set("depuis", depuis);
    source = new EventSource(adresse);
    source.addEventListener("open", () => {
      attente = PREMIERE_ATTENTE;
      dire("direct");
    });
    source.addEventListener("message", ({ data, lastEventId }) => {
      depuis = lastEventId;
      placer(data);
    });
    // The session ended: only a sign-in helps.
    source.addEventListener("fin", () => {
      fermer();
      dire("fini");
    });
    source.addEventListener("error", () => {
      dire("coupe");
      // A cut is mended by the browser; an answer with an error status is not.
      if (source?.readyState !== EventSource.CLOSED) return;
      fermer();
      rendezVous = setTimeout(brancher, attente);
      attente = Math.min(attente * 2, DERNIERE_ATTENTE);
    });
  };

  // A page that nobody looks at holds no connection: a browser has few of them.
  document.addEventListener("visibilitychange", () => {
    if (zone.querySelector("[data-flux-etat=fini]")) return;
    if (document.hidden) fermer();
    else brancher();
  });
  if (!document.hidden) brancher();
};

document.querySelectorAll("[data-flux]").forEach(suivre);
