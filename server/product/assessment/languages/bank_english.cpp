// What the service says itself, in English.
#include "server/product/assessment/bank.hpp"

namespace bigocean::server::assessment {
namespace {

constexpr std::string_view kCrisisWords[] = {
    "suicid",          "kill myself",        "killing myself",      "end my life",
    "ending my life",  "end it all",         "take my own life",    "taking my life",
    "want to die",     "wanna die",          "better off dead",     "wish i were dead",
    "wish i was dead", "don't want to live", "do not want to live", "no reason to live",
    "hurt myself",     "hurting myself",     "harm myself",         "harming myself",
    "self-harm",       "self harm",          "cutting myself",      "overdose",
};

}  // namespace

const Bank& english_bank() {
  static constexpr Bank kBank{
      .users_opener = "Hello.",
      .greeting =
          "Hello, I am Nerin. I would like to get to know you a little: there are no right or wrong answers, "
          "and you can tell me as much or as little as you like. I am a computer program, and I take my "
          "time. To begin with: how would you describe an ordinary week of yours?",
      .questions = {{
          // Openness
          {"When your hands are busy and your head is free, does it fill with stories and scenes of its own?",
           "Do your thoughts stick to what is actually in front of you, even on a long and empty train "
           "ride?"},
          {"Can a piece of music, a painting or a certain light in the evening stop you in your tracks?",
           "Would you say that art and poetry mostly leave you cold?"},
          {"Are you usually aware of what you feel while you are feeling it, and does it matter to you?",
           "Do you keep your feelings in the background and get on with things as if they were not there?"},
          {"Given a free week, would you rather go somewhere that you know nothing about than somewhere you "
           "love?",
           "Do you like your days best when they run the way they ran last week?"},
          {"Do you enjoy turning a difficult idea over in your mind, with no use for it in sight?",
           "When a conversation turns to theories, is that the moment when you want to change the subject?"},
          {"Do you feel free to throw out a rule or a custom that no longer makes sense to you?",
           "Do you think that what has been handed down to us should mostly be left as it is?"},
          // Conscientiousness
          {"When something hard lands on your desk, do you trust that you will manage it?",
           "Do you often suspect that other people would handle your tasks better than you do?"},
          {"If I opened your cupboards or your files right now, would everything be in its place?",
           "Is there a comfortable mess around you most of the time?"},
          {"Once you have given your word, do you keep it even when it has become a nuisance?",
           "Do promises feel to you like plans that may still change?"},
          {"Do you set your sights high and then put in the hours to get there?",
           "Is good enough simply good enough for you, at work and elsewhere?"},
          {"When a boring job has to be done, do you sit down and see it through?",
           "Do you tend to put off what you do not feel like doing, until the last possible hour?"},
          {"Do you think a decision through, with all that could follow, before you make it?",
           "Do you jump first and look afterwards?"},
          // Extraversion
          {"Do you warm to new people quickly, and do they notice?",
           "Do people need a long time before you let them come close?"},
          {"Does a room full of people draw you in?",
           "Is an evening to yourself the one that you look forward to most?"},
          {"When a group does not know where to go next, are you the one who takes charge?",
           "Do you prefer that somebody else does the talking and the deciding?"},
          {"Are your days packed from morning to night, and do you like them that way?",
           "Do you go through life slowly, with long stretches of doing very little?"},
          {"Do you look for the kind of thrill that makes your heart beat in your throat?",
           "Are loud, fast and risky things something that you gladly leave to others?"},
          {"Do you laugh a lot and get carried away by joy, in ways that people around you can hear?",
           "Would those who know you call you serious, somebody whose joy stays on the inside?"},
          // Agreeableness
          {"When you meet a stranger, do you start out believing that they mean well?",
           "Do you suspect that most people have an angle when they are being nice?"},
          {"Do you play with open cards, even where a small trick would pay?",
           "Would you flatter somebody or bend the truth a little to get what you need?"},
          {"Do you go out of your way to help, and does it make your day?",
           "Do other people's problems feel to you like theirs to solve?"},
          {"In a quarrel, would you rather give in than let it become ugly?",
           "Do you enjoy a good fight, and hit back hard when somebody starts one?"},
          {"Do you find it uncomfortable to be praised in front of others, or to speak of what you do well?",
           "Do you believe that you are better than most, and let it be known?"},
          {"Does it stay with you for hours when you have seen somebody who is badly off?",
           "Do you think that people mostly get what they deserve, and should toughen up?"},
          // Neuroticism
          {"Do you lie awake over things that could go wrong?",
           "Do you stay relaxed about the future, come what may?"},
          {"Do small things, a slow queue or a thoughtless word, make your temper flare?",
           "Does it take a great deal to make you angry?"},
          {"Are there many days on which a heaviness comes over you, and you think little of yourself?",
           "Do you wake up feeling at ease with yourself and with your life?"},
          {"After you have spoken in front of others, do you go over how you must have looked to them?",
           "Do you feel at home in front of strangers, whatever they may think of you?"},
          {"When you crave something, a snack, a purchase, one more episode, do you give in?",
           "Is it easy for you to stop at one, whatever the treat may be?"},
          {"When everything comes at once, do you feel yourself going to pieces?",
           "Do you keep a cool head in an emergency?"},
      }},
      .openers =
          {
              "What does a really good day look like for you, from the morning on?",
              "Who or what has been taking up most of your thoughts lately?",
              "If a friend of many years had to describe you to me, where would they begin?",
          },
      .acknowledgements =
          {
              "Thank you, that helps me to picture it.",
              "I see.",
              "Good to know, thank you.",
              "Thanks for telling me.",
              "That gives me something to go on.",
              "All right, I have made a note of that.",
              "Thank you for being open about it.",
              "Understood.",
          },
      .how_to_answer =
          "(Answer as you like: in your own words, or with a number from 1, not at all, to 5, very much.)",
      .closing =
          "Thank you for all that you have told me. I have no more questions: what you said is being put "
          "together now, and your results will be waiting for you. It was a pleasure to talk with you.",
      .crisis_reply =
          "What you just wrote matters more than my questions. I am a program and cannot help you with this "
          "as a person can. If you are in danger, please call your local emergency number now, 112 or 911 in "
          "many countries. A crisis line will listen at any hour; findahelpline.com lists one near you. And "
          "if there is somebody whom you trust, please let them know how you are. We can go on another time, "
          "or whenever you wish.",
      .crisis_words = kCrisisWords};
  return kBank;
}

}  // namespace bigocean::server::assessment
