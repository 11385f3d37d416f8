// What the service says itself, in Spanish.
#include "server/product/assessment/bank.hpp"

namespace bigocean::server::assessment {
namespace {

constexpr std::string_view kCrisisWords[] = {
    "suicid",
    "matarme",
    "me voy a matar",
    "me quiero matar",
    "quitarme la vida",
    "acabar con mi vida",
    "terminar con mi vida",
    "acabar con todo",
    "quiero morir",
    "quisiera morir",
    "ganas de morir",
    "no quiero vivir",
    "no quiero seguir viv",
    "no quiero estar viv",
    "mejor muert",
    "prefiero estar muert",
    "ojala estuviera muert",
    "hacerme dano",
    "me hago dano",
    "lastimarme",
    "me lastimo",
    "cortarme las venas",
    "cortarme los brazos",
    "me corto los brazos",
    "autolesi",
    "sobredosis",
    "sin ganas de vivir",
    "sin querer vivir",
};

}  // namespace

const Bank& spanish_bank() {
  static constexpr Bank kBank{
      .users_opener = "Hola.",
      .greeting =
          "Hola, soy Nerin. Me gustaría conocerte un poco: no hay respuestas correctas ni incorrectas, y "
          "puedes contarme tanto o tan poco como quieras. Soy un programa de ordenador y no tengo prisa. "
          "Para empezar: ¿cómo describirías una semana normal de tu vida?",
      .questions = {{
          {"Cuando tienes las manos ocupadas y la cabeza libre, ¿se te llena sola de historias y escenas?",
           "¿Tus pensamientos se quedan en lo que tienes delante, incluso en un viaje en tren largo y "
           "vacío?"},
          {"¿Puede una música, un cuadro o cierta luz de la tarde hacer que te detengas?",
           "¿Dirías que el arte y la poesía te dejan frío casi siempre?"},
          {"¿Sueles darte cuenta de lo que sientes mientras lo sientes, y te importa?",
           "¿Dejas tus sentimientos en segundo plano y sigues como si no existieran?"},
          {"Con una semana libre, ¿preferirías ir a un lugar del que no sabes nada antes que a uno que te "
           "encanta?",
           "¿Te gustan más los días que transcurren igual que la semana pasada?"},
          {"¿Disfrutas dándole vueltas a una idea difícil, aunque no sirva para nada?",
           "Cuando una conversación pasa a las teorías, ¿te dan ganas de cambiar de tema?"},
          {"¿Te sientes libre de abandonar una regla o una costumbre que ya no te parece razonable?",
           "¿Crees que lo heredado debería quedarse casi siempre como está?"},
          {"Cuando te llega algo difícil, ¿confías en que podrás con ello?",
           "¿Sospechas a menudo que otros harían tus tareas mejor que tú?"},
          {"Si abriera ahora tus armarios o tus carpetas, ¿estaría todo en su sitio?",
           "¿Hay casi siempre un desorden cómodo a tu alrededor?"},
          {"Cuando has dado tu palabra, ¿la cumples aunque se haya vuelto una molestia?",
           "¿Las promesas son para ti como planes que todavía pueden cambiar?"},
          {"¿Te pones metas altas y luego les dedicas las horas que hacen falta?",
           "¿Lo suficiente es para ti simplemente suficiente, en el trabajo y fuera de él?"},
          {"Cuando hay que hacer un trabajo aburrido, ¿te sientas y lo terminas?",
           "¿Sueles aplazar hasta la última hora lo que no te apetece?"},
          {"¿Piensas bien una decisión, con todo lo que puede traer, antes de tomarla?",
           "¿Saltas primero y miras después?"},
          {"¿Tomas confianza pronto con gente nueva, y lo notan?",
           "¿La gente necesita mucho tiempo hasta que la dejas acercarse?"},
          {"¿Te atrae una sala llena de gente?", "¿Una noche a solas es lo que más esperas?"},
          {"Cuando un grupo no sabe cómo seguir, ¿eres quien toma las riendas?",
           "¿Prefieres que hablen y decidan otros?"},
          {"¿Tus días están llenos de la mañana a la noche, y te gusta así?",
           "¿Vas despacio por la vida, con largos ratos en los que haces muy poco?"},
          {"¿Buscas esas emociones que te ponen el corazón en la garganta?",
           "¿Dejas con gusto a otros lo ruidoso, lo rápido y lo arriesgado?"},
          {"¿Te ríes mucho y te dejas llevar por la alegría, de modo que se oye?",
           "¿Quienes te conocen dirían que tu carácter es serio y que guardas la alegría dentro?"},
          {"Cuando conoces a alguien, ¿partes de que tiene buena intención?",
           "¿Sospechas que la mayoría busca algo cuando se muestra amable?"},
          {"¿Juegas con las cartas sobre la mesa, incluso donde un pequeño truco daría ventaja?",
           "¿Adularías a alguien o torcerías un poco la verdad para conseguir lo que necesitas?"},
          {"¿Te desvías de tu camino para ayudar, y eso te alegra el día?",
           "¿Crees que los problemas de los demás les toca resolverlos a ellos?"},
          {"En una discusión, ¿prefieres ceder antes que dejar que se ponga fea?",
           "¿Disfrutas de una buena pelea y respondes fuerte cuando alguien la empieza?"},
          {"¿Te incomoda que te elogien delante de otros, o hablar de lo que haces bien?",
           "¿Crees que vales más que la mayoría, y lo haces saber?"},
          {"¿Te dura horas haber visto a alguien que lo está pasando mal?",
           "¿Piensas que la gente casi siempre recibe lo que merece y debería endurecerse?"},
          {"¿Te quedas sin dormir pensando en lo que podría salir mal?",
           "¿Te mantienes en calma ante el futuro, pase lo que pase?"},
          {"¿Las cosas pequeñas, una cola lenta o una palabra torpe, te hacen saltar?",
           "¿Hace falta mucho para que te enfades?"},
          {"¿Hay muchos días en los que te invade una pesadez y piensas poco bien de ti?",
           "¿Te despiertas a gusto contigo y con tu vida?"},
          {"Después de hablar delante de otros, ¿repasas cómo te habrán visto?",
           "¿Te sientes a gusto ante desconocidos, piensen lo que piensen de ti?"},
          {"Cuando te apetece algo, un dulce, una compra, un capítulo más, ¿cedes?",
           "¿Te resulta fácil quedarte en uno, sea cual sea el capricho?"},
          {"Cuando todo llega a la vez, ¿notas que te derrumbas?",
           "¿Mantienes la cabeza fría en una emergencia?"},
      }},
      .openers =
          {"¿Cómo es para ti un día realmente bueno, desde la mañana?",
           "¿Quién o qué ha ocupado más tus pensamientos últimamente?",
           "Si alguien que te conoce desde hace muchos años tuviera que describirte, ¿por dónde empezaría?"},
      .acknowledgements = {"Gracias, así me hago una idea.", "Ya veo.", "Es bueno saberlo, gracias.",
                           "Gracias por contármelo.", "Eso me ayuda a seguir.", "De acuerdo, lo he anotado.",
                           "Gracias por hablar con franqueza.", "Entendido."},
      .how_to_answer =
          "(Responde como quieras: con tus propias palabras o con un número del 1, nada, al 5, mucho.)",
      .closing =
          "Gracias por todo lo que me has contado. No tengo más preguntas: lo que has dicho se está "
          "reuniendo ahora, y tus resultados te esperarán. Ha sido un placer hablar contigo.",
      .crisis_reply =
          "Lo que acabas de escribir importa más que mis preguntas. Soy un programa y no puedo ayudarte con "
          "esto como puede hacerlo una persona. Si estás en peligro, llama ahora al número de emergencias, "
          "el 112 o el 911 en muchos países. En España, el 024 atiende a cualquier hora; findahelpline.com "
          "indica una línea cerca de ti. Y si hay alguien en quien confías, dile por favor cómo estás. "
          "Podemos seguir otro día, o cuando quieras.",
      .crisis_words = kCrisisWords};
  return kBank;
}

}  // namespace bigocean::server::assessment
