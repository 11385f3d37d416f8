// What the service says itself, in German.
#include "server/product/assessment/bank.hpp"

namespace bigocean::server::assessment {
namespace {

constexpr std::string_view kCrisisWords[] = {
    "suizid",
    "selbstmord",
    "selbsttotung",
    "selbstverletz",
    "lebensmude",
    "lebensmuede",
    "mich umbringen",
    "mich umzubringen",
    "bringe mich um",
    "bring mich um",
    "mich toten",
    "mich zu toten",
    "mir das leben nehmen",
    "mir das leben zu nehmen",
    "nehme mir das leben",
    "mein leben beenden",
    "mein leben zu beenden",
    "mir etwas antun",
    "mir etwas anzutun",
    "mir was antun",
    "will sterben",
    "mochte sterben",
    "moechte sterben",
    "nicht mehr leben",
    "ware lieber tot",
    "waere lieber tot",
    "wunschte, ich ware tot",
    "wuenschte, ich waere tot",
    "besser tot",
    "mich selbst verletz",
    "mich selber verletz",
    "verletze mich",
    "mich ritzen",
    "ritze mich",
    "uberdosis",
    "ueberdosis",
    "allem ein ende",
};

}  // namespace

const Bank& german_bank() {
  static constexpr Bank kBank{
      .users_opener = "Hallo.",
      .greeting =
          "Hallo, ich bin Nerin. Ich möchte dich ein wenig kennenlernen: Es gibt keine richtigen oder "
          "falschen Antworten, und du kannst mir so viel oder so wenig erzählen, wie du magst. Ich bin ein "
          "Computerprogramm und nehme mir Zeit. Zum Anfang: Wie würdest du eine gewöhnliche Woche von dir "
          "beschreiben?",
      .questions = {{
          {"Wenn deine Hände beschäftigt sind und dein Kopf frei ist, füllt er sich dann von selbst mit "
           "Geschichten und Bildern?",
           "Bleiben deine Gedanken bei dem, was wirklich vor dir ist, auch auf einer langen, leeren "
           "Zugfahrt?"},
          {"Kann dich ein Musikstück, ein Bild oder ein bestimmtes Licht am Abend innehalten lassen?",
           "Würdest du sagen, dass Kunst und Gedichte dich meist kaltlassen?"},
          {"Merkst du meist, was du fühlst, während du es fühlst, und ist es dir wichtig?",
           "Hältst du deine Gefühle im Hintergrund und machst weiter, als gäbe es sie nicht?"},
          {"Wenn du eine Woche frei hättest, würdest du lieber an einen Ort fahren, von dem du nichts weißt, "
           "als an einen, den du liebst?",
           "Sind dir Tage am liebsten, die so laufen wie letzte Woche?"},
          {"Macht es dir Freude, einen schwierigen Gedanken hin und her zu wenden, ohne dass er zu etwas "
           "nütze ist?",
           "Wenn ein Gespräch auf Theorien kommt, möchtest du dann das Thema wechseln?"},
          {"Fühlst du dich frei, eine Regel oder einen Brauch fallen zu lassen, die dir nicht mehr sinnvoll "
           "erscheinen?",
           "Findest du, dass man das Überlieferte meist so lassen sollte, wie es ist?"},
          {"Wenn etwas Schweres auf deinem Tisch landet, vertraust du darauf, dass du es schaffst?",
           "Hast du oft den Verdacht, dass andere deine Aufgaben besser erledigen würden als du?"},
          {"Wenn ich jetzt deine Schränke oder deine Ordner öffnen würde, wäre alles an seinem Platz?",
           "Ist um dich herum meist eine gemütliche Unordnung?"},
          {"Wenn du dein Wort gegeben hast, hältst du es auch dann, wenn es lästig geworden ist?",
           "Sind Versprechen für dich wie Pläne, die sich noch ändern können?"},
          {"Setzt du dir hohe Ziele und arbeitest dann auch dafür?",
           "Ist gut genug für dich einfach gut genug, bei der Arbeit und sonst?"},
          {"Wenn eine langweilige Arbeit zu tun ist, setzt du dich hin und ziehst sie durch?",
           "Neigst du dazu, Unangenehmes bis zur letzten Stunde aufzuschieben?"},
          {"Denkst du eine Entscheidung mit allen Folgen durch, bevor du sie triffst?",
           "Springst du erst und schaust danach?"},
          {"Wirst du mit neuen Menschen schnell warm, und merken sie es?",
           "Brauchen Menschen lange, bis du sie an dich heranlässt?"},
          {"Zieht dich ein Raum voller Menschen an?",
           "Freust du dich am meisten auf einen Abend für dich allein?"},
          {"Wenn eine Gruppe nicht weiterweiß, übernimmst du dann die Führung?",
           "Ist es dir lieber, wenn andere reden und entscheiden?"},
          {"Sind deine Tage von morgens bis abends voll, und magst du das so?",
           "Gehst du langsam durchs Leben, mit langen Zeiten, in denen du wenig tust?"},
          {"Suchst du den Nervenkitzel, bei dem dir das Herz bis zum Hals schlägt?",
           "Überlässt du Lautes, Schnelles und Gewagtes gern anderen?"},
          {"Lachst du viel und lässt dich von Freude mitreißen, sodass andere es hören?",
           "Würden dich deine Bekannten ernst nennen, jemanden, dessen Freude innen bleibt?"},
          {"Wenn du jemand Fremdes triffst, gehst du zunächst davon aus, dass er es gut meint?",
           "Vermutest du, dass die meisten etwas wollen, wenn sie nett sind?"},
          {"Spielst du mit offenen Karten, auch wo ein kleiner Trick sich lohnen würde?",
           "Würdest du jemandem schmeicheln oder die Wahrheit ein wenig biegen, um zu bekommen, was du "
           "brauchst?"},
          {"Machst du Umwege, um anderen zu helfen, und freut dich das für den ganzen Tag?",
           "Findest du, dass andere ihre Probleme selbst lösen sollten?"},
          {"Gibst du in einem Streit lieber nach, als dass er hässlich wird?",
           "Hast du Freude an einem guten Streit und schlägst hart zurück, wenn jemand anfängt?"},
          {"Ist es dir unangenehm, vor anderen gelobt zu werden oder von deinen Stärken zu sprechen?",
           "Glaubst du, dass du besser bist als die meisten, und lässt es merken?"},
          {"Beschäftigt es dich noch Stunden später, wenn du jemanden gesehen hast, dem es schlecht geht?",
           "Denkst du, dass die meisten bekommen, was sie verdienen, und sich zusammenreißen sollten?"},
          {"Liegst du wach und denkst an alles, was schiefgehen könnte?",
           "Bist du gelassen, was die Zukunft angeht, komme, was wolle?"},
          {"Bringen dich Kleinigkeiten, eine lange Schlange oder ein unbedachtes Wort, schnell auf?",
           "Braucht es sehr viel, bis du wütend wirst?"},
          {"Gibt es viele Tage, an denen es dir schwer ums Herz ist und du wenig von dir hältst?",
           "Wachst du auf und bist mit dir und deinem Leben im Reinen?"},
          {"Gehst du, nachdem du vor anderen gesprochen hast, noch einmal durch, wie du auf sie gewirkt "
           "haben musst?",
           "Fühlst du dich vor Fremden wohl, was immer sie von dir denken?"},
          {"Wenn du Lust auf etwas hast, einen Imbiss, einen Kauf, noch eine Folge, gibst du dann nach?",
           "Fällt es dir leicht, bei einem Stück aufzuhören, was es auch sei?"},
          {"Wenn alles auf einmal kommt, merkst du dann, wie du die Fassung verlierst?",
           "Behältst du im Notfall einen kühlen Kopf?"},
      }},
      .openers = {"Wie sieht für dich ein richtig guter Tag aus, vom Morgen an?",
                  "Wer oder was hat deine Gedanken in letzter Zeit am meisten beschäftigt?",
                  "Wenn jemand, der dich seit vielen Jahren kennt, dich mir beschreiben müsste: Womit würde "
                  "er anfangen?"},
      .acknowledgements = {"Danke, so kann ich es mir besser vorstellen.", "Ich verstehe.",
                           "Gut zu wissen, danke.", "Danke, dass du mir das erzählst.",
                           "Damit kann ich etwas anfangen.", "In Ordnung, ich habe es mir gemerkt.",
                           "Danke für deine Offenheit.", "Verstanden."},
      .how_to_answer =
          "(Antworte, wie du magst: mit eigenen Worten oder mit einer Zahl von 1, gar nicht, bis 5, sehr.)",
      .closing =
          "Danke für alles, was du mir erzählt hast. Ich habe keine Fragen mehr: Was du gesagt hast, wird "
          "jetzt zusammengestellt, und deine Ergebnisse warten auf dich. Es war schön, mit dir zu sprechen.",
      .crisis_reply =
          "Was du gerade geschrieben hast, ist wichtiger als meine Fragen. Ich bin ein Programm und kann dir "
          "dabei nicht so helfen, wie ein Mensch es kann. Wenn du in Gefahr bist, ruf bitte jetzt den Notruf "
          "an, in Europa die 112. In Deutschland hört dir die Telefonseelsorge unter 0800 111 0 111 rund um "
          "die Uhr zu; findahelpline.com nennt eine Stelle in deiner Nähe. Und wenn es jemanden gibt, dem du "
          "vertraust, lass diesen Menschen bitte wissen, wie es dir geht. Wir können ein andermal "
          "weitermachen, oder wann immer du möchtest.",
      .crisis_words = kCrisisWords};
  return kBank;
}

}  // namespace bigocean::server::assessment
