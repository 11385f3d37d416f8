// The 81 archetypes in Spanish.
#include "server/product/assessment/archetypes.hpp"

namespace bigocean::server::assessment {

const std::array<Archetype, kArchetypeCount>& spanish_archetypes() {
  static constexpr std::array<Archetype, kArchetypeCount> kAll{{
      {"PFIC", "El taller a solas",
       "Prefieres arreglar lo que tienes delante antes que hablar de ello, a tu manera y a tu ritmo. Quien "
       "te pide tu opinión recibe la verdadera."},
      {"PFIN", "La improvisación tranquila",
       "Tomas el día como viene y te las arreglas con lo que hay a mano. No te metes en las disputas ajenas "
       "y esperas la misma cortesía."},
      {"PFIW", "La corriente suave",
       "Te gustan las cosas sencillas, las horas sin prisa y unas pocas personas a las que conoces bien. Sin "
       "decir nada notas quién está cansado y pones agua a calentar."},
      {"PFAC", "La palabra franca",
       "Te importa menos el plan que lo que funciona ahora, y lo dices sin rodeos. En compañía o a solas, es "
       "difícil engañarte y fácil saber qué piensas."},
      {"PFAN", "El paso ligero",
       "Te sumas cuando tiene sentido y sigues tu camino cuando no. Lugares conocidos, planes flexibles y un "
       "trato justo son todo lo que pides."},
      {"PFAW", "La buena vecindad",
       "Dejas lo que estás haciendo cuando alguien necesita ayuda, y nunca llevas la cuenta. La vida contigo "
       "es sencilla, algo desordenada y amable."},
      {"PFEC", "El puesto del mercado",
       "Rápido es tu paso y más rápida tu respuesta: disfrutas de un buen regateo. Lo que se ve es lo que "
       "hay, y así te gustan también los demás."},
      {"PFEN", "La cara conocida",
       "Conoces a todo el mundo, vas a todo y decides por el camino. Juzgas las ideas por si funcionan y a "
       "las personas por lo que hacen."},
      {"PFEW", "El alma de la cocina",
       "Donde estás hay comida, ruido y una silla libre. Quieres a tu gente y tus costumbres, y toda regla "
       "se dobla antes de que alguien pase hambre."},
      {"PBIC", "El ojo del banco de trabajo",
       "Trabajas bien y sin alardes, y ves enseguida dónde alguien ha hecho trampa. Tus elogios son raros, "
       "por eso se guardan."},
      {"PBIN", "La mano firme",
       "Prefieres lo probado, haces tu parte y dejas sitio a la de los demás. En un apuro tu calma vale más "
       "que cualquier discurso."},
      {"PBIW", "El calor del hogar",
       "Cuidas las pequeñas cosas que hacen de un lugar una casa. Pocos ven cuánto haces, y todos lo "
       "echarían de menos en un día."},
      {"PBAC", "El juicio honrado",
       "Pesas un asunto por sus hechos y dices lo que has encontrado, guste o no. Puede que protesten por tu "
       "veredicto, pero confían en él."},
      {"PBAN", "El rumbo estable",
       "Te gustan la compañía y la calma, el orden y el descanso, y confías en lo que la experiencia ha "
       "mostrado. A tu lado los demás se relajan, porque pocas cosas te desvían."},
      {"PBAW", "La amistad segura",
       "Te acuerdas del cumpleaños, traes la escalera y te quedas a recoger. Las grandes teorías te dejan "
       "igual; estar al lado de alguien, no."},
      {"PBEC", "La voz de la obra",
       "Pones en marcha a un grupo, resuelves lo que hay que resolver y te ahorras la charla. Tus palabras "
       "son claras, y tu respeto por el trabajo bien hecho también."},
      {"PBEN", "El brazalete",
       "Te gusta tener gente alrededor, una meta a la vista y reglas justas para ambas partes. Mantienes el "
       "ánimo sin perder el hilo."},
      {"PBEW", "La mesa abierta",
       "Reúnes personas como otros reúnen sellos, y nadie se queda solo mucho tiempo. La tradición es para "
       "ti otra forma de decir que os volveréis a ver."},
      {"PDIC", "La segunda mirada",
       "Compruebas dos veces, prometes poco y lo cumples todo. Tu exigencia no depende de tu humor, y "
       "empieza por ti."},
      {"PDIN", "El reloj",
       "La precisión te calma, y la rutina te da libertad donde a otros se la quita. Pides condiciones "
       "claras y tiempo suficiente para acabar bien."},
      {"PDIW", "La guardia silenciosa",
       "Cargas con deberes que otros ni siquiera notaron y dices que no es nada. Quienes te importan pueden "
       "poner el reloj en hora contigo."},
      {"PDAC", "El buen almacén",
       "Sabes lo que hay, lo que cuesta y quién no lo ha devuelto. El orden es tu forma de justicia, y los "
       "halagos no cambian las cuentas."},
      {"PDAN", "La piedra angular",
       "En tus manos un plan se convierte en algo que se sostiene. Trabajas a solas o con otros, según lo "
       "pida la tarea, y terminas cuando dijiste."},
      {"PDAW", "El suelo firme",
       "Muestras tu cariño con puntualidad, preparación y paciencia. Quien se apoya en ti encuentra suelo "
       "firme."},
      {"PDEC", "La voz de mando",
       "Ves lo que hay que hacer, repartes las tareas y vas delante. Exiges mucho, pero nunca más de lo que "
       "das."},
      {"PDEN", "La gran fiesta",
       "Con una fecha, un salón y un teléfono, sientas a tiempo a doscientas personas. Te gustan los papeles "
       "claros, los resultados que se ven y el rumor de mucha gente trabajando."},
      {"PDEW", "El pilar del barrio",
       "Presides la asociación, entrenas a los niños y aun así sabes quién ha estado enfermo. Con lealtad y "
       "trabajo dices que quieres a un lugar."},
      {"GFIC", "La ironía serena",
       "Desde cierta distancia ves lo que otros pasan por alto, y un comentario tuyo lo dice todo. Cambias "
       "de opinión por buenas razones, nunca por agradar."},
      {"GFIN", "La mochila ligera",
       "Sigues lo que te interesa mientras te interesa, y viajas con poco equipaje en todos los sentidos. La "
       "soledad te repone, y no juzgas a quien vive de otro modo."},
      {"GFIW", "La ventana que escucha",
       "Oyes lo que la gente quiere decir bajo lo que dice, y no tienes prisa por contestar. Tus días están "
       "tejidos con hilo suelto; tu cariño, no."},
      {"GFAC", "La duda amable",
       "Golpeas un argumento para ver si aguanta, con una sonrisa y sin rencor. Tus plazos pueden fallar; tu "
       "olfato para las tonterías, rara vez."},
      {"GFAN", "El cambio rápido",
       "Cuando el plan se cae, ya estás a medio camino del siguiente. Tomas a las personas y las novedades "
       "como vienen, sin entusiasmo ciego y sin miedo."},
      {"GFAW", "La compañía fácil",
       "La gente respira cuando entras, porque contigo no hay nada que demostrar. Perdonas pronto, "
       "planificas poco y ríes a menudo."},
      {"GFEC", "El buen combate",
       "Una buena discusión es tu deporte favorito, y después das la mano. Arrancas rápido, hablas con "
       "libertad y despiertas una sala dormida."},
      {"GFEN", "La chispa",
       "Pones las cosas en marcha solo con aparecer y con la energía que te sobra. Lo que sigue se decide "
       "entre todos, por el camino."},
      {"GFEW", "El lado soleado",
       "Haces amistades en las colas y recuerdas los nombres de los perros. Tus planes están escritos a "
       "lápiz; tu afecto, con tinta."},
      {"GBIC", "La mirada clara",
       "Piensas antes de hablar, y luego hablas claro. Ni la moda ni la costumbre te mueven mucho; una buena "
       "razón, sí."},
      {"GBIN", "Los pies en la tierra",
       "Pones tus sueños frente a los hechos y te quedas con los que aguantan. Pocas palabras, un juicio "
       "justo y calma interior marcan tu camino."},
      {"GBIW", "El jardín paciente",
       "Das a las personas y a los proyectos tiempo, cuidado y muy pocos consejos. Al final crece más a tu "
       "alrededor que alrededor de quienes gritan."},
      {"GBAC", "El juego limpio",
       "Ves los dos lados, luego eliges uno y dices por qué. La presión no te dobla, aunque un argumento "
       "mejor sí puede."},
      {"GBAN", "El camino del medio",
       "Te sientes en casa entre los extremos y puedes hablar con gente de ambos lados. Tu don es la medida, "
       "más rara de lo que parece."},
      {"GBAW", "El puente",
       "Encuentras la frase que dos amigos peleados pueden firmar. La apertura y el sentido común comparten "
       "mesa en ti, y en la duda decide la bondad."},
      {"GBEC", "La lengua suelta",
       "Dices en voz alta lo que piensa toda la reunión y sigues de buen humor. Contigo se sabe a qué "
       "atenerse, y a casi todos acaba por gustarles."},
      {"GBEN", "El cruce de caminos",
       "Sabes quién debería conocer a quién, y sueles acertar. Las ideas nuevas y los viejos amigos "
       "encuentran la misma puerta abierta."},
      {"GBEW", "La cálida bienvenida",
       "Quien llega nuevo busca primero tu cara, y tú procuras que la encuentre. Unes a las personas y dejas "
       "a cada una un poco más segura de sí."},
      {"GDIC", "La cuenta exacta",
       "Reúnes las pruebas, las ordenas y trazas tú la línea final. Puede llevarte un rato, y rara vez hay "
       "que repetirlo."},
      {"GDIN", "La puerta cerrada",
       "Tras una puerta cerrada, con una tarea y tiempo suficiente, das lo mejor de ti. Dejas que hablen los "
       "resultados y querrías que los demás hicieran lo mismo."},
      {"GDIW", "El consejo discreto",
       "Te preparas con cuidado y compartes lo que sabes con quien pregunta de verdad. Tus elogios son "
       "suaves y exactos, y se recuerdan durante años."},
      {"GDAC", "La tercera jugada",
       "Piensas tres jugadas por delante y no te importa contarlo. Alcanzas tus metas, porque las elegiste "
       "con los ojos abiertos."},
      {"GDAN", "La arquitectura de los días",
       "Construyes tu tiempo como otros construyen casas, con sitio para el trabajo, para los amigos y para "
       "las vistas. Lo que empiezas tiene un plan, y el plan tiene holgura."},
      {"GDAW", "La guía segura",
       "Vas lo bastante por delante para conocer el camino y lo bastante cerca para oír quién tropieza. En "
       "ti el método y el corazón tiran hacia el mismo lado."},
      {"GDEC", "El motor",
       "Marcas el ritmo, nombras el problema y esperas una respuesta para el viernes. No siempre es cómodo, "
       "pero a tu alrededor las cosas se mueven."},
      {"GDEN", "La batuta",
       "Oyes a toda la orquesta y sabes a quién le toca. Tu energía va hacia fuera, tu orden hacia dentro, y "
       "juntos llevan una melodía."},
      {"GDEW", "El viento a favor",
       "Ves en qué podrían convertirse las personas y las ayudas a ponerle fecha. Tras la voz alegre hay "
       "alguien que cumple cada promesa."},
      {"OFIC", "La senda propia",
       "Tu mente va adonde no hay camino, y no esperas permiso. Prefieres la soledad con una idea verdadera "
       "a la compañía con una falsa."},
      {"OFIN", "El sueño despierto",
       "La mitad de tu vida ocurre en mundos que nadie más ha visto todavía. Vagas, reúnes y te asombras, y "
       "dejas que los demás crean lo que quieran."},
      {"OFIW", "El poema",
       "Notas el tiempo que hace dentro de los demás y más tarde, a solas, encuentras palabras para ello. La "
       "belleza te detiene en la calle, y la pena también."},
      {"OFAC", "La pregunta incómoda",
       "Pones una pregunta del revés para ver qué cae de ella. Algunos se molestan, muchos despiertan, y "
       "ambas cosas te dan curiosidad."},
      {"OFAN", "El cuaderno abierto",
       "Cada puerta te interesa hasta que has mirado detrás. Te mueves entre personas, temas y estados de "
       "ánimo con poco equipaje y los ojos abiertos."},
      {"OFAW", "El alma afín",
       "Te acercas a desconocidos como si hubiera una historia que compartir, y pronto la hay. Las reglas te "
       "interesan menos que lo que mueve a la gente."},
      {"OFEC", "El fuego",
       "Piensas en voz alta, en color y, cuando importa, a todo volumen. La costumbre no es un argumento "
       "para ti; el valor, sí."},
      {"OFEN", "La voz que cuenta",
       "Recoges aventuras por el camino y las regalas en la mesa. El mañana está abierto, y así es como te "
       "gusta."},
      {"OFEW", "El corazón luminoso",
       "Corres hacia la vida con los brazos abiertos y llevas contigo a quien quiera venir. Donde se canta, "
       "se pinta o se llora, allí estás."},
      {"OBIC", "El criterio propio",
       "Sigues una pregunta hasta el final, aunque el final sea solitario. El gusto, la duda y tu propio "
       "juicio son las herramientas en que confías."},
      {"OBIN", "La mirada larga",
       "Miras una cosa por todos los lados antes de darle un nombre. En las horas tranquilas es cuando más "
       "vives, y a los demás les concedes su propia visión."},
      {"OBIW", "El mundo amable",
       "Imaginas con detalle un mundo más bondadoso y cuidas un rincón de él. La gente te cuenta lo que no "
       "ha contado a nadie."},
      {"OBAC", "El gusto exigente",
       "Quieres tanto el trabajo bien hecho que dices cuándo se queda corto. Tu mirada es fresca, tu medida "
       "es tuya y tus elogios pesan."},
      {"OBAN", "La curiosidad despierta",
       "Haces una pregunta más que la mayoría, y de verdad quieres la respuesta. A solas o entre gente, "
       "siempre estás un poco de camino."},
      {"OBAW", "La mano tendida",
       "Las personas son tu tema favorito, y las estudias con simpatía. Puedes llevar una idea nueva en una "
       "mano y en la otra la mano de un amigo."},
      {"OBEC", "El debate",
       "Las ideas necesitan aire, así que las lanzas a la sala y miras cuáles vuelan. Discutes para "
       "averiguar, y hasta perder te interesa."},
      {"OBEN", "La ruta nueva",
       "Entras en lo desconocido hablando, y los demás descubren que han venido contigo. La novedad te hace "
       "salir, y la sensatez te lleva a casa."},
      {"OBEW", "La musa",
       "A tu lado la gente se atreve a enseñar lo que ha hecho. Ves primero lo que promete, lo dices con "
       "alegría y lo dices en serio."},
      {"ODIC", "El invento",
       "Construyes lo que imaginaste, tornillo a tornillo, y no dejas que nadie te meta prisa. Las medias "
       "tintas te molestan más que la soledad."},
      {"ODIN", "La biblioteca",
       "Vas a fondo, tomas notas y vuelves con algo que nadie sabía. Con disciplina honras lo que te "
       "fascina."},
      {"ODIW", "El ideal callado",
       "Esperas mucho de las personas y trabajas por ellas con paciencia, sin que se vea. Lo que crees se "
       "puede leer en lo que haces cada día."},
      {"ODAC", "La reforma",
       "Ves cómo podría ser mejor, y los tres primeros pasos ya están escritos. Tratas a la tradición con "
       "cortesía, y la reemplazas."},
      {"ODAN", "El diseño",
       "Forma, función y acabado van juntos para ti, y no paras hasta que lo están. Te mueves con soltura "
       "entre el taller y las personas a las que sirve."},
      {"ODAW", "La buena escuela",
       "Vuelves claro lo difícil y te encanta el momento en que una cara se ilumina. Tu imaginación tiene un "
       "horario, y tu horario tiene corazón."},
      {"ODEC", "La avanzada",
       "Anuncias lo imposible y luego lo entregas por etapas. La resistencia te afila, y quien sigue tu paso "
       "aprende mucho."},
      {"ODEN", "La noche de estreno",
       "Reúnes talentos, ideas y fechas hasta que se levanta el telón. La visión es grande, y la lista de "
       "tareas que hay detrás también."},
      {"ODEW", "La inspiración",
       "Pintas un futuro en el que la gente quiere vivir y te quedas hasta tarde para ayudar a construirlo. "
       "Tu calidez los atrae; tu constancia los retiene."},
  }};
  return kAll;
}

}  // namespace bigocean::server::assessment
