// The 81 archetypes in German.
#include "server/product/assessment/archetypes.hpp"

namespace bigocean::server::assessment {

const std::array<Archetype, kArchetypeCount>& german_archetypes() {
  static constexpr std::array<Archetype, kArchetypeCount> kAll{{
      {"PFIC", "Die Bastelstube",
       "Du reparierst lieber, was vor dir liegt, als darüber zu reden, auf deine Art und in deinem Tempo. "
       "Wer dich nach deiner Meinung fragt, bekommt die echte."},
      {"PFIN", "Die stille Improvisation",
       "Du nimmst den Tag, wie er kommt, und machst etwas aus dem, was gerade da ist. Aus den Streitereien "
       "anderer hältst du dich heraus und erwartest dasselbe von ihnen."},
      {"PFIW", "Das sanfte Treiben",
       "Du magst einfache Dinge, Stunden ohne Eile und ein paar Menschen, die du gut kennst. Ohne ein Wort "
       "merkst du, wer müde ist, und setzt Wasser auf."},
      {"PFAC", "Das offene Wort",
       "Pläne sind dir weniger wichtig als das, was jetzt funktioniert, und das sagst du auch. Ob in "
       "Gesellschaft oder allein: Man kann dir wenig vormachen und weiß, woran man ist."},
      {"PFAN", "Die lockere Runde",
       "Du gehst mit, wenn es sinnvoll ist, und deinen eigenen Weg, wenn nicht. Vertraute Orte, lose Pläne "
       "und ein fairer Umgang sind alles, was du brauchst."},
      {"PFAW", "Die gute Nachbarschaft",
       "Du lässt alles stehen, wenn jemand Hilfe braucht, und zählst nie die Gefälligkeiten. Das Leben mit "
       "dir ist bodenständig, ein wenig unordentlich und herzlich."},
      {"PFEC", "Der Marktstand",
       "Flink auf den Beinen und noch flinker mit der Antwort, genießt du einen lebhaften Handel. Was man "
       "sieht, das bekommt man auch, und so magst du auch die anderen."},
      {"PFEN", "Das bekannte Gesicht",
       "Du kennst alle, bist überall dabei und entscheidest dich auf dem Weg dorthin. Ideen misst du daran, "
       "ob sie funktionieren, und Menschen daran, was sie tun."},
      {"PFEW", "Die volle Küche",
       "Wo du bist, gibt es Essen, Lärm und einen freien Stuhl. Du liebst deine Menschen und Gewohnheiten, "
       "und jede Regel biegt sich, bevor ein Gast hungrig bleibt."},
      {"PBIC", "Der Blick der Werkstatt",
       "Du leistest ohne Aufhebens gute Arbeit und siehst sofort, wo jemand gepfuscht hat. Lob von dir ist "
       "selten, darum hebt man es auf."},
      {"PBIN", "Die ruhige Hand",
       "Du hältst dich an Erprobtes, tust deinen Teil und lässt anderen Raum für ihren. Wenn es ernst wird, "
       "ist deine Ruhe mehr wert als jede Rede."},
      {"PBIW", "Das Herdfeuer",
       "Du kümmerst dich um die kleinen Dinge, durch die ein Ort ein Zuhause wird. Wenige sehen, wie viel du "
       "tust, und allen würde es nach einem Tag fehlen."},
      {"PBAC", "Das ehrliche Urteil",
       "Du wägst eine Sache an den Tatsachen ab und sagst, was du gefunden hast, ob willkommen oder nicht. "
       "Manche murren über dein Urteil, aber sie vertrauen ihm."},
      {"PBAN", "Der gerade Kiel",
       "Du magst Gesellschaft und Stille, Ordnung und Muße, und vertraust dem, was die Erfahrung gezeigt "
       "hat. Neben dir werden andere ruhig, weil dich wenig aus der Bahn wirft."},
      {"PBAW", "Die helfende Hand",
       "Du denkst an den Geburtstag, bringst die Leiter mit und bleibst zum Aufräumen. Große Theorien lassen "
       "dich kalt; für jemanden da zu sein nicht."},
      {"PBEC", "Die klare Ansage",
       "Du bringst eine Gruppe in Gang, regelst, was zu regeln ist, und sparst dir das lange Gerede. Deine "
       "Worte sind deutlich, und dein Respekt vor guter Arbeit ist es auch."},
      {"PBEN", "Die Mannschaftsbinde",
       "Du magst Menschen um dich, ein Ziel, das man sehen kann, und Regeln, die für beide Seiten gerecht "
       "sind. Du hältst die Stimmung oben, ohne den Faden zu verlieren."},
      {"PBEW", "Die offene Tafel",
       "Du versammelst Menschen, wie andere Briefmarken sammeln, und niemand steht lange allein. Tradition "
       "ist für dich ein anderes Wort dafür, sich wiederzusehen."},
      {"PDIC", "Der zweite Blick",
       "Du prüfst zweimal, versprichst wenig und hältst alles davon. Deine Maßstäbe hängen nicht von deiner "
       "Laune ab, und sie gelten zuerst für dich."},
      {"PDIN", "Das Uhrwerk",
       "Genauigkeit beruhigt dich, und der gleiche Ablauf gibt dir Freiheit, wo er sie anderen nimmt. Du "
       "möchtest klare Absprachen und genug Zeit, um etwas gut zu Ende zu bringen."},
      {"PDIW", "Die stille Wache",
       "Du trägst Pflichten, die andere nicht einmal bemerkt haben, und nennst es nichts Besonderes. Wer dir "
       "am Herzen liegt, kann die Uhr nach dir stellen."},
      {"PDAC", "Das gute Lager",
       "Du weißt, was da ist, was es kostet und wer es nicht zurückgebracht hat. Ordnung ist deine Art von "
       "Gerechtigkeit, und Schmeichelei ändert keine Zahlen."},
      {"PDAN", "Der Schlussstein",
       "Aus einem Plan wird in deinen Händen etwas, das steht. Du arbeitest allein oder mit anderen, wie es "
       "die Aufgabe verlangt, und bist fertig, wann du es gesagt hast."},
      {"PDAW", "Der feste Grund",
       "Deine Zuneigung zeigt sich darin, dass du pünktlich, vorbereitet und geduldig bist. Wer sich auf "
       "dich stützt, steht sicher."},
      {"PDEC", "Das Kommando",
       "Du siehst, was zu tun ist, verteilst die Aufgaben und gehst voran. Du verlangst viel, aber nie mehr, "
       "als du selbst gibst."},
      {"PDEN", "Das große Fest",
       "Mit einem Termin, einem Saal und einem Telefon sitzen bei dir zweihundert Menschen rechtzeitig auf "
       "ihrem Platz. Du magst klare Rollen, sichtbare Ergebnisse und das Summen vieler bei der Arbeit."},
      {"PDEW", "Die Stütze des Ortes",
       "Du leitest den Verein, trainierst die Kinder und weißt trotzdem, wer krank war. Mit Treue und Arbeit "
       "sagst du, dass du einen Ort liebst."},
      {"GFIC", "Der trockene Humor",
       "Aus etwas Abstand siehst du, was andere übersehen, und eine trockene Bemerkung von dir sagt alles. "
       "Du änderst deine Meinung aus guten Gründen, nie aus Gefälligkeit."},
      {"GFIN", "Der leichte Rucksack",
       "Du gehst dem nach, was dich interessiert, solange es das tut, und reist in jeder Hinsicht mit "
       "leichtem Gepäck. Alleinsein gibt dir Kraft, und du verurteilst niemanden, der es anders hält."},
      {"GFIW", "Das offene Ohr am Fenster",
       "Du hörst, was Menschen meinen, hinter dem, was sie sagen, und hast es mit der Antwort nicht eilig. "
       "Deine Tage sind lose gewebt, deine Zuneigung ist es nicht."},
      {"GFAC", "Der freundliche Zweifel",
       "Du klopfst ein Argument ab, ob es hält, mit einem Grinsen und ohne Groll. Deine Termine mögen "
       "rutschen, deine Nase für Unsinn irrt sich selten."},
      {"GFAN", "Der schnelle Wechsel",
       "Wenn der Plan scheitert, bist du schon halb im nächsten. Menschen und Neues nimmst du, wie sie "
       "kommen, ohne Begeisterungssturm und ohne Angst."},
      {"GFAW", "Die gute Gesellschaft",
       "Man atmet auf, wenn du hereinkommst, weil man dir nichts beweisen muss. Du verzeihst schnell, planst "
       "wenig und lachst oft."},
      {"GFEC", "Der Schlagabtausch",
       "Ein gutes Streitgespräch ist dein liebster Sport, und danach gibst du die Hand. Du startest schnell, "
       "redest frei und weckst jeden schläfrigen Raum."},
      {"GFEN", "Der Zündfunke",
       "Du bringst Dinge in Gang, indem du einfach da bist und Kraft übrig hast. Was danach kommt, findet "
       "sich gemeinsam unterwegs."},
      {"GFEW", "Die Sonnenseite",
       "Du schließt Freundschaften in Warteschlangen und merkst dir die Namen der Hunde. Deine Pläne sind "
       "mit Bleistift geschrieben, deine Zuneigung mit Tinte."},
      {"GBIC", "Der klare Blick",
       "Du denkst, bevor du sprichst, und sprichst dann deutlich. Weder Mode noch Gewohnheit bewegt dich "
       "sehr; ein guter Grund schon."},
      {"GBIN", "Der Boden unter den Füßen",
       "Du hältst deine Träume gegen die Tatsachen und behältst die, die bestehen. Wenige Worte, ein "
       "gerechtes Urteil und innere Ruhe kennzeichnen dich."},
      {"GBIW", "Der geduldige Garten",
       "Du gibst Menschen und Vorhaben Zeit, Pflege und sehr wenig Ratschläge. Am Ende wächst um dich mehr "
       "als um die Lauten."},
      {"GBAC", "Das faire Spiel",
       "Du siehst beide Seiten, entscheidest dich dann und sagst, warum. Druck beugt dich nicht, ein "
       "besseres Argument kann es."},
      {"GBAN", "Der mittlere Weg",
       "Du bist zwischen den Extremen zu Hause und kannst mit Menschen von beiden Enden reden. Deine Gabe "
       "ist das rechte Maß, und das ist seltener, als es aussieht."},
      {"GBAW", "Die Brücke",
       "Du findest den Satz, den zwei zerstrittene Freunde beide unterschreiben können. Offenheit und "
       "gesunder Menschenverstand teilen sich in dir einen Tisch, und im Zweifel entscheidet die Güte."},
      {"GBEC", "Die freie Rede",
       "Du sagst laut, was die ganze Sitzung denkt, und machst gut gelaunt weiter. Man weiß bei dir, woran "
       "man ist, und die meisten mögen das bald."},
      {"GBEN", "Der Knotenpunkt",
       "Du weißt, wer wen kennenlernen sollte, und hast meistens recht. Neue Ideen und alte Freunde finden "
       "bei dir dieselbe offene Tür."},
      {"GBEW", "Der warme Empfang",
       "Wer neu ist, sucht zuerst dein Gesicht, und du sorgst dafür, dass es sich finden lässt. Du bringst "
       "Menschen zusammen und machst jeden von ihnen ein wenig sicherer."},
      {"GDIC", "Die genaue Rechnung",
       "Du sammelst die Belege, ordnest sie und ziehst selbst den Strich darunter. Es kann eine Weile dauern "
       "und muss selten noch einmal gemacht werden."},
      {"GDIN", "Die geschlossene Tür",
       "Hinter einer geschlossenen Tür, mit einer Aufgabe und genug Zeit, bist du in deinem Element. Du "
       "lässt Ergebnisse sprechen und wünschst dir, andere täten das auch."},
      {"GDIW", "Der leise Rat",
       "Du bereitest dich sorgfältig vor und teilst, was du weißt, mit allen, die wirklich fragen. Dein Lob "
       "ist leise, genau und bleibt jahrelang im Gedächtnis."},
      {"GDAC", "Der dritte Zug",
       "Du denkst drei Züge voraus und sagst es den anderen auch. Du erreichst deine Ziele, denn du hast sie "
       "mit offenen Augen gewählt."},
      {"GDAN", "Das Haus der Tage",
       "Du baust deine Zeit, wie andere Häuser bauen, mit Platz für Arbeit, für Freunde und für eine "
       "Aussicht. Was du beginnst, hat einen Plan, und der Plan hat Luft."},
      {"GDAW", "Die sichere Führung",
       "Du gehst weit genug voraus, um den Weg zu kennen, und nah genug, um zu hören, wer stolpert. Methode "
       "und Herz ziehen bei dir in dieselbe Richtung."},
      {"GDEC", "Der Antrieb",
       "Du gibst das Tempo vor, nennst das Problem und erwartest bis Freitag eine Antwort. Das ist nicht "
       "immer bequem, aber um dich herum bewegt sich etwas."},
      {"GDEN", "Der Taktstock",
       "Du hörst das ganze Orchester und weißt, wer an der Reihe ist. Deine Kraft geht nach außen, deine "
       "Ordnung nach innen, und zusammen tragen sie eine Melodie."},
      {"GDEW", "Der Rückenwind",
       "Du siehst, was aus Menschen werden könnte, und hilfst ihnen, ein Datum dafür zu finden. Hinter der "
       "fröhlichen Stimme steht jemand, der jedes Versprechen hält."},
      {"OFIC", "Der eigene Weg",
       "Deine Gedanken gehen dorthin, wo kein Pfad ist, und warten nicht auf Erlaubnis. Du bist lieber "
       "allein mit einem wahren Gedanken als in Gesellschaft mit einem falschen."},
      {"OFIN", "Der Tagtraum",
       "Die Hälfte deines Lebens spielt in Welten, die sonst noch niemand gesehen hat. Du streifst umher, "
       "sammelst und staunst und lässt andere glauben, was sie wollen."},
      {"OFIW", "Das Gedicht",
       "Du spürst das Wetter in anderen Menschen und findest später, für dich allein, Worte dafür. Schönheit "
       "lässt dich auf der Straße stehen bleiben, und Kummer auch."},
      {"OFAC", "Der Stein des Anstoßes",
       "Du stellst eine Frage auf den Kopf, um zu sehen, was herausfällt. Manche ärgern sich, viele wachen "
       "auf, und du bist auf beides neugierig."},
      {"OFAN", "Das offene Notizbuch",
       "Jede Tür ist für dich spannend, bis du dahinter geschaut hast. Zwischen Menschen, Themen und "
       "Stimmungen bewegst du dich mit leichtem Gepäck und wachem Blick."},
      {"OFAW", "Die verwandte Seele",
       "Fremden begegnest du, als gäbe es eine Geschichte zu teilen, und bald gibt es eine. Regeln "
       "interessieren dich weniger als das, was Menschen bewegt."},
      {"OFEC", "Das Feuer",
       "Du denkst laut, in Farbe und, wenn es darauf ankommt, mit voller Lautstärke. Gewohnheit ist für dich "
       "kein Argument, Mut ist eines."},
      {"OFEN", "Die Erzählstimme",
       "Du sammelst unterwegs Abenteuer ein und verschenkst sie am Tisch. Morgen ist offen, und genau so "
       "gefällt es dir."},
      {"OFEW", "Das helle Herz",
       "Du läufst dem Leben mit offenen Armen entgegen und nimmst alle mit, die wollen. Wo gesungen, gemalt "
       "oder geweint wird, bist du mittendrin."},
      {"OBIC", "Der unabhängige Kopf",
       "Du folgst einer Frage bis ans Ende, auch wenn es dort einsam ist. Geschmack, Zweifel und dein "
       "eigenes Urteil sind die Werkzeuge, denen du vertraust."},
      {"OBIN", "Die lange Betrachtung",
       "Du schaust eine Sache von allen Seiten an, bevor du ihr einen Namen gibst. In stillen Stunden lebst "
       "du am meisten, und allen anderen gönnst du ihre eigene Sicht."},
      {"OBIW", "Die sanfte Vision",
       "Du malst dir eine freundlichere Welt genau aus und pflegst selbst eine Ecke davon. Menschen erzählen "
       "dir, was sie sonst niemandem erzählt haben."},
      {"OBAC", "Das feine Gespür",
       "Du liebst gute Arbeit genug, um zu sagen, wo sie hinter sich zurückbleibt. Dein Blick ist frisch, "
       "dein Maßstab dein eigener, und dein Lob hat Gewicht."},
      {"OBAN", "Die wache Neugier",
       "Du stellst eine Frage mehr als die meisten und willst die Antwort wirklich wissen. Allein oder unter "
       "Menschen bist du immer ein wenig unterwegs."},
      {"OBAW", "Die Menschenkenntnis",
       "Menschen sind dein liebstes Fach, und du studierst sie mit Mitgefühl. Du kannst in der einen Hand "
       "eine neue Idee halten und in der anderen die Hand eines Freundes."},
      {"OBEC", "Die Debatte",
       "Ideen brauchen Luft, also wirfst du sie in den Raum und siehst, welche fliegen. Du streitest, um "
       "etwas herauszufinden, und selbst das Verlieren findest du spannend."},
      {"OBEN", "Die neue Spur",
       "Du gehst redend ins Unbekannte, und andere merken, dass sie mitgekommen sind. Neues lockt dich "
       "hinaus, und die Vernunft bringt dich nach Hause."},
      {"OBEW", "Die Muse",
       "In deiner Nähe trauen sich Menschen zu zeigen, was sie gemacht haben. Du siehst zuerst, was daran "
       "gelingen kann, sagst es mit Freude und meinst es so."},
      {"ODIC", "Die Erfindung",
       "Du baust, was du dir vorgestellt hast, Schraube für Schraube, und lässt dich von niemandem drängen. "
       "Halbe Sachen stören dich mehr als das Alleinsein."},
      {"ODIN", "Das Studierzimmer",
       "Du gehst in die Tiefe, machst dir Notizen und kommst mit etwas zurück, das niemand wusste. Mit "
       "Disziplin ehrst du, was dich fesselt."},
      {"ODIW", "Das stille Ideal",
       "Du hoffst viel für die Menschen und arbeitest geduldig und ungesehen daran. Woran du glaubst, lässt "
       "sich an dem ablesen, was du jeden Tag tust."},
      {"ODAC", "Die Reform",
       "Du siehst, wie es besser ginge, und die ersten drei Schritte sind schon entworfen. Du bist höflich "
       "zur Tradition, und du ersetzt sie."},
      {"ODAN", "Der Entwurf",
       "Form, Zweck und Ausführung gehören für dich zusammen, und du bleibst dran, bis sie es tun. Zwischen "
       "der Werkstatt und den Menschen, für die sie arbeitet, bewegst du dich mühelos."},
      {"ODAW", "Die gute Schule",
       "Du machst aus Schwerem Klares und liebst den Augenblick, in dem ein Gesicht aufleuchtet. Deine "
       "Fantasie hat einen Stundenplan, und dein Stundenplan hat ein Herz."},
      {"ODEC", "Der Aufbruch",
       "Du kündigst das Unmögliche an und lieferst es dann in Etappen. Widerstand schärft dich, und wer "
       "mithält, lernt viel."},
      {"ODEN", "Die Premiere",
       "Du bringst Talente, Ideen und Termine zusammen, bis der Vorhang aufgeht. Die Vision ist groß, und "
       "die Liste der Aufgaben dahinter ist es auch."},
      {"ODEW", "Die Begeisterung",
       "Du malst eine Zukunft, in der Menschen leben möchten, und bleibst lange, um ihnen beim Bauen zu "
       "helfen. Deine Wärme zieht sie an, deine Beständigkeit hält sie."},
  }};
  return kAll;
}

}  // namespace bigocean::server::assessment
