"""What the planner makes of plain requests. Today is Friday, 20 November 2026."""

import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2a_agent.agents.toolbox.agent import ToolboxAgent
from a2a_agent.agents.toolbox.phrases.courtesies import ABILITIES, EXAMPLES, OVERVIEW
from a2a_agent.agents.toolbox.planner import (
    MAX_MESSAGE,
    explanation,
    is_cancellation,
    plan,
    plan_answer,
)
from a2a_agent.agents.toolbox.steps import (
    Call,
    Done,
    Note,
    Question,
    Steps,
    steps_from_json,
    steps_to_json,
)
from a2a_agent.domain.json_values import checked

TODAY = date(2026, 11, 20)


def planned(text: str) -> Steps:
    return plan(text, TODAY)


def asked(text: str) -> Question:
    (step,) = planned(text)
    assert isinstance(step, Question), step
    return step


def calculate(expression: str) -> Call:
    return Call("calculate", {"expression": expression})


def convert(value: float, from_unit: str, to_unit: str) -> Call:
    return Call("convert_units", {"value": value, "from_unit": from_unit, "to_unit": to_unit})


def now_in(place: str) -> Call:
    return Call("current_time", {"place": place})


def convert_time(time: str, from_place: str, to_place: str) -> Call:
    arguments = {"time": time, "from_place": from_place, "to_place": to_place}
    return Call("convert_time", arguments)


def days(start: str, end: str) -> Call:
    return Call("days_between", {"start": start, "end": end})


def weekday(day: str) -> Call:
    return Call("weekday", {"day": day})


def add(start: str, **amount: int) -> Call:
    return Call("add_to_date", {"start": start, **amount})


def count(text: str) -> Call:
    return Call("text_statistics", {"text": text})


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("What is 15 * 7 + 23?", "15 * 7 + 23"),
        ("what's 2+2", "2+2"),
        ("2+2=?", "2+2"),
        ("=2+2", "2+2"),
        ("What does 2+2 equal?", "2+2"),
        ("Please could you tell me what 2+2 is?", "2+2"),
        ("Can you calculate 3 * 4 for me please?", "3 * 4"),
        ("Hello toolbox, what is 1+1?", "1+1"),
        ("Thanks! And what is 3+3?", "3+3"),
        ('"What is 2+2?"', "2+2"),
        ("15% of 80", "15% of 80"),
        ("15 percent of 80", "15% of 80"),
        ("80 + 15%", "80 + 15%"),
        ("20% off 80", "80 - 20%"),
        ("10% more than 50", "50 + 10%"),
        ("increase 80 by 15%", "80 + 15%"),
        ("reduce 80 by 15%", "80 - 15%"),
        ("what percent of 80 is 20?", "20 / 80 * 100"),
        ("what percentage is 20 of 80?", "20 / 80 * 100"),
        ("20 is what percent of 80?", "20 / 80 * 100"),
        ("what's 15% of 80 plus 5% of 20?", "15% of 80 + 5% of 20"),
        ("square root of 2", "sqrt(2)"),
        ("What's the square root of 16?", "sqrt(16)"),
        ("square root of (2 + 2)", "sqrt (2 + 2)"),
        ("cube root of 27", "cbrt(27)"),
        ("√16", "√16"),
        ("What is 2 to the power of 10?", "2 ^ 10"),
        ("2 raised to the 10th power", "2 ^ 10"),
        ("3 squared", "3^2"),
        ("the square of 12", "12^2"),
        ("the cube of 3", "3^3"),
        ("3 cubed", "3^3"),
        ("What is 5!?", "5!"),
        ("5!", "5!"),
        ("5 factorial", "5!"),
        ("factorial of 5", "5!"),
        ("6 × 7 ÷ 2 − 1", "6 × 7 ÷ 2 − 1"),
        ("3 x 4", "3 * 4"),
        ("10 divided by 4", "10 / 4"),
        ("7 plus 8 minus 2", "7 + 8 - 2"),
        ("6 times 7", "6 * 7"),
        ("6 multiplied by 7", "6 * 7"),
        ("7 over 2", "7 / 2"),
        ("negative 3 plus 5", "- 3 + 5"),
        ("10 mod 3", "10 % 3"),
        ("remainder of 10 divided by 3", "10 % 3"),
        ("what is twenty-five times four?", "25 * 4"),
        ("one hundred and twenty plus seven", "120 + 7"),
        ("two thousand five hundred minus one", "2500 - 1"),
        ("a hundred times two", "100 * 2"),
        ("1.5 million / 4", "1500000 / 4"),
        ("two and two", None),
        ("five six plus one", None),
        ("sum of 2 and 3", "2 + 3"),
        ("the sum of 2, 3 and 4", "2 + 3 + 4"),
        ("the sum of 2 and 3 times 4", "(2 + 3) * 4"),
        ("product of 6 and 7", "6 * 7"),
        ("difference between 10 and 3", "10 - 3"),
        ("average of 1, 2 and 3", "mean(1, 2, 3)"),
        ("max of 3, 9 and 4", "max(3, 9, 4)"),
        ("greatest common divisor of 12 and 18", "gcd(12, 18)"),
        ("add 3 to 4", "4 + 3"),
        ("add 3 and 4", "3 + 4"),
        ("subtract 3 from 10", "10 - 3"),
        ("multiply 3 by 4", "3 * 4"),
        ("divide 10 by 4", "10 / 4"),
        ("half of 90", "1/2 * 90"),
        ("a third of 90", "1/3 * 90"),
        ("three quarters of 100", "3/4 * 100"),
        ("double 21", "2 * 21"),
        ("triple 5", "3 * 5"),
        ("sin of 30 degrees", "sin(radians(30))"),
        ("cos(60 degrees)", "cos(radians(60))"),
        ("sqrt of 30 degrees", None),
        ("log of 100", "log(100)"),
        ("log base 2 of 8", "log(8, 2)"),
        ("natural log of 10", "ln(10)"),
        ("absolute value of -5", "abs(-5)"),
        ("round 3.14159 to 2 decimals", "round(3.14159, 2)"),
        ("what is pi times 2", "pi * 2"),
        ("1,000 + 1", "1,000 + 1"),
        ("3,5 * 2", "3,5 * 2"),
        ("max(3, 9, 4)", "max(3, 9, 4)"),
        ("2 +", "2 +"),
        ("(2 + 3", "(2 + 3"),
        ("9**9**9**9", "9**9**9**9"),
        ("1, 2", None),
        ("what is 5", None),
        ("solve x + 2 = 5", None),
    ],
)
def test_a_calculation_is_read_from_words(text: str, expression: str | None) -> None:
    refused = (Note(f"I cannot help with “{text}”. {ABILITIES}"),)

    assert planned(text) == (refused if expression is None else (calculate(expression),))


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("convert 5 miles to km", [convert(5, "miles", "km")]),
        ("Convert 5 kilometers into miles.", [convert(5, "kilometers", "miles")]),
        ("5km to miles", [convert(5, "km", "miles")]),
        ("5 km → miles", [convert(5, "km", "miles")]),
        ("5 miles = ? km", [convert(5, "miles", "km")]),
        ("what is 5 miles in km", [convert(5, "miles", "km")]),
        ("how far is 26.2 miles in km?", [convert(26.2, "miles", "km")]),
        ("How heavy is 150 pounds in kg?", [convert(150, "pounds", "kg")]),
        ("how many grams in 3 ounces", [convert(3, "ounces", "grams")]),
        ("How many grams are there in 3 ounces?", [convert(3, "ounces", "grams")]),
        ("how many km is 5 miles", [convert(5, "miles", "km")]),
        ("I'd like to know how many km 5 miles are", [convert(5, "miles", "km")]),
        ("how many seconds in a day", [convert(1, "day", "seconds")]),
        ("how many feet in a mile", [convert(1, "mile", "feet")]),
        ("how many days in 2 weeks", [convert(2, "weeks", "days")]),
        ("a mile in km", [convert(1, "mile", "km")]),
        ("half a mile in km", [convert(0.5, "mile", "km")]),
        ("twenty miles in km", [convert(20, "miles", "km")]),
        ("100 °F in Celsius", [convert(100, "°F", "Celsius")]),
        ("100°F in °C", [convert(100, "°F", "°C")]),
        ("72 degrees Fahrenheit to Celsius", [convert(72, "degrees Fahrenheit", "Celsius")]),
        ("convert -40 C to F", [convert(-40, "C", "F")]),
        ("convert −40 C to F", [convert(-40, "C", "F")]),
        ("60 mph in km/h", [convert(60, "mph", "km/h")]),
        ("10 meters per second in km/h", [convert(10, "meters per second", "km/h")]),
        ("3 square meters to square feet", [convert(3, "square meters", "square feet")]),
        ("5 m2 in ft2", [convert(5, "m2", "ft2")]),
        ("5 m² in ft^2", [convert(5, "m²", "ft^2")]),
        ("1 light-year in km", [convert(1, "light-year", "km")]),
        ("1/2 cup in ml", [convert(0.5, "cup", "ml")]),
        ("1 1/2 cups to ml", [convert(1.5, "cups", "ml")]),
        ("convert 1,5 km to m", [convert(1.5, "km", "m")]),
        ("convert 1,000 m to km", [convert(1000, "m", "km")]),
        ("5 km in miles and in feet", [convert(5, "km", "miles"), convert(5, "km", "feet")]),
        (
            "convert 5 miles to km, 3 kg to pounds and 100 F to C",
            [convert(5, "miles", "km"), convert(3, "kg", "pounds"), convert(100, "F", "C")],
        ),
        ("5 feet 11 inches to cm", [convert(71, "inches", "cm")]),
        ("5'11\" in cm", [convert(71, "inches", "cm")]),
        (
            "5 lbs 3 oz in kg and g",
            [convert(83, "ounces", "kg"), convert(83, "ounces", "g")],
        ),
        ("2 hours 30 minutes in seconds", [convert(150, "minutes", "seconds")]),
        ("100 dollars in euros", [convert(100, "dollars", "euros")]),
        ("convert 5 bananas to apples", [convert(5, "bananas", "apples")]),
        ("convert 1 mile**999999999 to km", [convert(1, "mile**999999999", "km")]),
    ],
)
def test_a_unit_conversion_is_read_from_words(text: str, calls: list[Call]) -> None:
    assert planned(text) == tuple(calls)


@pytest.mark.parametrize(
    "text",
    [
        "100 people in Berlin",
        "what is a dog in French",
        "5 feet 11 pounds in cm",
        "5 feet 11 inches to what is it",
        "1/0 miles in km",
        "how many miles in 1/0 km",
        "5 what in km",
        "convert 5 km to what",
        "how many people in 3 countries",
        "a week",
        "convert what to km",
        "what is",
        "bananas",
    ],
)
def test_what_only_looks_like_a_conversion_is_refused(text: str) -> None:
    assert planned(text) == (Note(f"I cannot help with “{text}”. {ABILITIES}"),)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("what time is it in Tokyo", [now_in("Tokyo")]),
        ("What's the time in New York?", [now_in("New York")]),
        ("what time is it right now in Berlin", [now_in("Berlin")]),
        ("what time is it in Berlin at the moment", [now_in("Berlin")]),
        ("what's the time in the Netherlands", [now_in("Netherlands")]),
        ("current time in Berlin please", [now_in("Berlin")]),
        ("Tokyo time", [now_in("Tokyo")]),
        ("time in Paris, France", [now_in("Paris")]),
        (
            "what time is it in Tokyo, Berlin and New York",
            [now_in("Tokyo"), now_in("Berlin"), now_in("New York")],
        ),
        ("what time is it in Atlantis", [now_in("Atlantis")]),
        ("what day is it today?", [now_in("UTC")]),
        ("what's today's date in Tokyo?", [now_in("Tokyo")]),
        (
            "what time is it in Paris and what is 2+2",
            [now_in("Paris"), calculate("2+2")],
        ),
        (
            "what time is it in Tokyo when it is 9:00 in Berlin?",
            [convert_time("9:00", "Berlin", "Tokyo")],
        ),
        (
            "What time is it in Tokyo when it's 9 in Berlin?",
            [convert_time("9", "Berlin", "Tokyo")],
        ),
        (
            "what time will it be in Tokyo at 9 a.m. in Berlin?",
            [convert_time("9 a.m.", "Berlin", "Tokyo")],
        ),
        (
            "if it's 3pm in London, what time is it in Sydney?",
            [convert_time("3pm", "London", "Sydney")],
        ),
        (
            "It is 14:30 in Berlin, what time is it in New York?",
            [convert_time("14:30", "Berlin", "New York")],
        ),
        ("convert 9:00 Berlin time to Tokyo", [convert_time("9:00", "Berlin", "Tokyo")]),
        ("9am PST in CET", [convert_time("9am", "PST", "CET")]),
        ("when is 9am PST in Berlin?", [convert_time("9am", "PST", "Berlin")]),
        ("noon in Paris to New York", [convert_time("noon", "Paris", "New York")]),
        (
            "9:00 in Berlin to Tokyo and Sydney",
            [convert_time("9:00", "Berlin", "Tokyo"), convert_time("9:00", "Berlin", "Sydney")],
        ),
        (
            "convert 9am New York to London and 5 miles to km",
            [convert_time("9am", "New York", "London"), convert(5, "miles", "km")],
        ),
        (
            "What is the time difference between Berlin and Tokyo?",
            [convert_time("12:00", "Berlin", "Tokyo")],
        ),
    ],
)
def test_a_question_for_the_time_is_read_from_words(text: str, calls: list[Call]) -> None:
    assert planned(text) == tuple(calls)


@pytest.mark.parametrize(
    "text", ["25:99 in Berlin to Tokyo", "the best time of my life time", "9:00 to nowhere"]
)
def test_what_only_looks_like_a_time_is_refused(text: str) -> None:
    assert planned(text) == (Note(f"I cannot help with “{text}”. {ABILITIES}"),)


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("days between 2026-01-01 and 2026-03-01", days("2026-01-01", "2026-03-01")),
        ("How many days are there from May 1 to June 3, 2026?", days("2026-05-01", "2026-06-03")),
        ("how many days between 1 May and 3 June", days("2027-05-01", "2027-06-03")),
        ("how many days until 24 December", days("2026-11-20", "2026-12-24")),
        ("How many days are there until December 24th?", days("2026-11-20", "2026-12-24")),
        ("days until 24.12.", days("2026-11-20", "2026-12-24")),
        ("how long until New Year's Eve?", days("2026-11-20", "2026-12-31")),
        ("how far away is Christmas", days("2026-11-20", "2026-12-25")),
        ("days until Christmas 2027", days("2026-11-20", "2027-12-25")),
        ("how many days until 1 November", days("2026-11-20", "2027-11-01")),
        ("how many days are left in the year", days("2026-11-20", "2026-12-31")),
        ("how many days until 29 February", days("2026-11-20", "2028-02-29")),
        ("how many days until Friday", days("2026-11-20", "2026-11-27")),
        ("how many days until next Monday", days("2026-11-20", "2026-11-23")),
        ("how many days since 1 January", days("2026-01-01", "2026-11-20")),
        ("how many days since Monday", days("2026-11-16", "2026-11-20")),
        ("how many days since last Friday", days("2026-11-13", "2026-11-20")),
        ("how many days ago was 2026-01-01", days("2026-01-01", "2026-11-20")),
        ("2026-12-24 - 2026-01-01", days("2026-01-01", "2026-12-24")),
        ("what is 2026-12-24 minus 2026-01-01?", days("2026-01-01", "2026-12-24")),
        ("what weekday is 2026-12-24", weekday("2026-12-24")),
        ("what day of the week was 4 July 1776?", weekday("1776-07-04")),
        ("which weekday is 24.12.2026", weekday("2026-12-24")),
        ("weekday of Dec. 24", weekday("2026-12-24")),
        ("on what day does Christmas fall?", weekday("2026-12-25")),
        ("what day is tomorrow?", weekday("2026-11-21")),
        ("what day is the day after tomorrow?", weekday("2026-11-22")),
        ("what weekday is this Friday", weekday("2026-11-20")),
        ("what weekday is it", weekday("2026-11-20")),
        ("is 2026-12-24 a Thursday?", weekday("2026-12-24")),
        ("2026-12-24", weekday("2026-12-24")),
        ("13/04/2026", weekday("2026-04-13")),
        ("30 days from today", add("2026-11-20", days=30)),
        ("what date is 45 days after 2026-01-01?", add("2026-01-01", days=45)),
        ("2 weeks before 24 December", add("2026-12-24", weeks=-2)),
        ("what's the date in 3 months?", add("2026-11-20", months=3)),
        ("what date was a year ago", add("2026-11-20", years=-1)),
        ("add 30 days to 2026-01-01", add("2026-01-01", days=30)),
        ("subtract 2 weeks from 2026-01-01", add("2026-01-01", weeks=-2)),
        ("2026-01-01 plus 30 days", add("2026-01-01", days=30)),
    ],
)
def test_a_question_about_dates_is_read_from_words(text: str, call: Call) -> None:
    assert planned(text) == (call,)


def test_several_dates_may_be_asked_for_at_once() -> None:
    assert planned("How many days until Christmas and New Year?") == (
        days("2026-11-20", "2026-12-25"),
        days("2026-11-20", "2027-01-01"),
    )


@pytest.mark.parametrize("text", ["when is the meeting", "what day is best"])
def test_a_day_that_is_no_date_is_refused(text: str) -> None:
    assert planned(text) == (Note(f"I cannot help with “{text}”. {ABILITIES}"),)


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("count the words in the quick brown fox", "the quick brown fox"),
        ("Count the words in “the quick brown fox”.", "the quick brown fox"),
        ("how many characters in 'hello world'?", "hello world"),
        ("how many words are in 'don't stop'?", "don't stop"),
        ("how many characters has ```a\n'b'```", "a\n'b'"),
        ("How many letters in the word banana?", "banana"),
        ("how many letters does banana have?", "banana"),
        ("count the words hello world", "hello world"),
        ("word count: hello world", "hello world"),
        ("word count of hello world", "hello world"),
        ("text statistics for hello world", "hello world"),
        ('"hello world" - how many words?', "hello world"),
        ("how long is the string 'abc'?", "abc"),
        ("Count the words and characters in 'hello world'", "hello world"),
        ("Count the words in this text: Hello. How are you? 2+2?", "Hello. How are you? 2+2?"),
        ("Count the words of the following text:\nHello.\nYou?", "Hello.\nYou?"),
        ("Count the words in the following text.\nHello.\nYou?", "Hello.\nYou?"),
        ("Count the words in this text\nHello you", "Hello you"),
        ('count words in: a b. And then "x y"', 'a b. And then "x y"'),
        ("Analyze this text: a b c", "a b c"),
    ],
)
def test_a_text_to_count_is_found(text: str, counted: str) -> None:
    assert planned(text) == (count(counted),)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("count the words in 'a' and 'b c'", (count("a"), count("b c"))),
        (
            'How many words are in "a b c" and how many letters in "hello"?',
            (count("a b c"), count("hello")),
        ),
        (
            "count the words in a b and what is 2+2 and 3*3",
            (count("a b"), calculate("2+2"), calculate("3*3")),
        ),
        (
            'Count the words in "a b", then convert 5 km to miles',
            (count("a b"), convert(5, "km", "miles")),
        ),
    ],
)
def test_texts_to_count_end_where_another_request_begins(text: str, steps: Steps) -> None:
    assert planned(text) == steps


def test_an_attached_text_is_counted() -> None:
    assert plan("How many words are in this file?", TODAY, "a b c") == (count("a b c"),)


@pytest.mark.parametrize("text", ["how many words do you know", "how many words' letters"])
def test_how_many_words_of_nothing_is_refused(text: str) -> None:
    assert planned(text) == (Note(f"I cannot help with “{text}”. {ABILITIES}"),)


@pytest.mark.parametrize(
    "text",
    [
        "What is 2+2 and convert 5 miles to km?",
        "What is 2+2? Convert 5 miles to km.",
        "What is 2+2. Convert 5 miles to km.",
        "Quick question: what is 2+2? Convert 5 miles to km!",
        "First, what is 2+2; then convert 5 miles to km",
        "2+2, 5 miles to km",
        "2+2\n\n5 miles to km",
        "- 2+2\n- 5 miles to km",
        "1. What is 2+2?\n2. Convert 5 miles to km",
        "1. What is 2+2? 2. Convert 5 miles to km",
        "1) 2+2 2) 5 miles to km",
        "Please do this for me: 2+2, and also 5 miles to km. Thanks!",
    ],
)
def test_several_requests_in_a_message_become_several_steps(text: str) -> None:
    steps = planned(text)

    assert [s for s in steps if isinstance(s, Call)] == [
        calculate("2+2"),
        convert(5, "miles", "km"),
    ]


def test_a_month_after_a_dot_begins_no_sentence() -> None:
    assert planned("What weekday is 24. December? And Dec. 25?") == (
        weekday("2026-12-24"),
        weekday("2026-12-25"),
    )


def test_a_factorial_is_no_exclamation() -> None:
    assert planned("5! + 3! Convert 5 miles to km") == (
        calculate("5! + 3!"),
        convert(5, "miles", "km"),
    )


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (
            "what is 2+2 and write me a poem",
            (calculate("2+2"), Note("I cannot help with “write me a poem”.")),
        ),
        (
            "write me a poem and calculate 2+2",
            (calculate("2+2"), Note("I cannot help with “write me a poem”.")),
        ),
        (
            "sum of 1 and 2 and 3! and write a poem",
            (calculate("(1 + 2 + 3)!"), Note("I cannot help with “write a poem”.")),
        ),
        (
            "Write me a poem. What's the weather?",
            (Note(f"I cannot help with “Write me a poem” or “What's the weather”. {ABILITIES}"),),
        ),
        ("x" * 400, (Note(f"I cannot help with “{'x' * 60}…”. {ABILITIES}"),)),
    ],
)
def test_what_is_not_understood_is_refused_politely(text: str, steps: Steps) -> None:
    assert planned(text) == steps


@pytest.mark.parametrize(
    "text", ["", "hello", "Hi there!", "help", "What can you do?", "Good morning", "  \n "]
)
def test_a_greeting_gets_an_overview(text: str) -> None:
    assert planned(text) == (Note(OVERVIEW),)


@pytest.mark.parametrize(
    ("text", "answer"), [("Thank you!", "You are welcome."), ("never mind", "All right.")]
)
def test_courtesies_are_answered(text: str, answer: str) -> None:
    assert planned(text) == (Note(answer),)


def test_courtesies_beside_a_request_are_left_out() -> None:
    assert planned("Hello! How are you? What is 2+2? Bye!") == (calculate("2+2"),)


SKILL_EXAMPLES = [e for skill in ToolboxAgent.description.skills for e in skill.examples]


@pytest.mark.parametrize("text", [*EXAMPLES, *SKILL_EXAMPLES])
def test_every_example_that_is_offered_is_understood(text: str) -> None:
    (step,) = planned(text)

    assert isinstance(step, Call)


@pytest.mark.parametrize(
    ("text", "missing", "answer", "step"),
    [
        ("convert 5 miles", "to_unit", "km", convert(5, "miles", "km")),
        ("convert 5 miles", "to_unit", "to km, please", convert(5, "miles", "km")),
        ("convert 5 cm to", "to_unit", "in", convert(5, "cm", "in")),
        ("convert miles to km", "value", "5", convert(5, "miles", "km")),
        ("convert miles to km", "value", "five miles", convert(5, "miles", "km")),
        ("convert 5 to km", "from_unit", "miles", convert(5, "miles", "km")),
        ("convert", "request", "5 miles to km", convert(5, "miles", "km")),
        ("calculate", "expression", "15 * 7", calculate("15 * 7")),
        ("what is the square root of", "number", "16", calculate("sqrt(16)")),
        ("15% of", "number", "80", calculate("15% of 80")),
        ("what time is it?", "place", "in Tokyo", now_in("Tokyo")),
        ("current time", "place", "Berlin please", now_in("Berlin")),
        ("what time is it in", "place", "Tokyo", now_in("Tokyo")),
        ("what time is it in the USA", "place", "Chicago", now_in("Chicago")),
        (
            "what time is it in Tokyo at 9:00?",
            "from_place",
            "Berlin",
            convert_time("9:00", "Berlin", "Tokyo"),
        ),
        (
            "what time is it when it is 9:00 in Berlin",
            "to_place",
            "Tokyo",
            convert_time("9:00", "Berlin", "Tokyo"),
        ),
        (
            "9:00 in Berlin to Australia",
            "to_place",
            "Sydney",
            convert_time("9:00", "Berlin", "Sydney"),
        ),
        (
            "9:00 in Canada to Berlin",
            "from_place",
            "Toronto",
            convert_time("9:00", "Toronto", "Berlin"),
        ),
        (
            "convert a time",
            "time",
            "9:00 in Berlin to Tokyo",
            convert_time("9:00", "Berlin", "Tokyo"),
        ),
        ("how many days until", "end", "24 December", days("2026-11-20", "2026-12-24")),
        ("days until my birthday", "end", "1 May", days("2026-11-20", "2027-05-01")),
        ("days since", "start", "1 May", days("2026-05-01", "2026-11-20")),
        (
            "days between 2026-01-01",
            "end",
            "2026-01-08",
            days("2026-01-01", "2026-01-08"),
        ),
        (
            "days between my birthday and 2026-01-08",
            "start",
            "2026-01-01",
            days("2026-01-01", "2026-01-08"),
        ),
        ("30 days after my birthday", "start", "2026-01-01", add("2026-01-01", days=30)),
        ("what weekday is 3/4/2026", "day", "2026-04-03", weekday("2026-04-03")),
        ("what weekday is 3/4/2026", "day", "the 3rd of April", weekday("2026-04-03")),
        ("what weekday is 2026-02-30", "day", "2026-02-28", weekday("2026-02-28")),
        ("count the words", "text", "the quick brown fox", count("the quick brown fox")),
        ("count the words", "text", "Really? Yes.", count("Really? Yes.")),
    ],
)
def test_an_incomplete_request_is_completed_by_the_answer(
    text: str, missing: str, answer: str, step: Call
) -> None:
    question = asked(text)

    assert question.missing == missing
    assert plan_answer(question, answer, TODAY) == (step,)


def test_a_question_offers_what_there_is_to_choose() -> None:
    assert asked("what weekday is 3/4/2026") == Question(
        prompt="Which date is 3/4/2026?",
        missing="day",
        before="what weekday is ",
        options=("2026-04-03", "2026-03-04"),
    )


@pytest.mark.parametrize("text", ["convert 5 miles", "count the words", "what time is it?"])
def test_a_new_request_as_an_answer_replaces_the_old_one(text: str) -> None:
    assert plan_answer(asked(text), "What is 2+2?", TODAY) == (calculate("2+2"),)


def test_a_new_incomplete_request_as_an_answer_is_asked_about() -> None:
    answer = plan_answer(asked("convert 5 miles"), "how many days until", TODAY)

    assert answer == planned("how many days until")


def test_an_answer_may_lead_to_the_next_question() -> None:
    answer = plan_answer(asked("convert"), "5 miles", TODAY)

    assert answer == planned("convert 5 miles")


@pytest.mark.parametrize("answer", ["", "write me a poem", "x" * 400])
def test_an_answer_that_is_none_makes_the_question_come_again(answer: str) -> None:
    question = asked("how many days until")
    again = Question(
        prompt="Sorry, I did not understand that. Which date do you mean? For example: 2026-12-24",
        missing="end",
        before="days until ",
    )

    if answer == "write me a poem":
        (step,) = plan_answer(question, answer, TODAY)
        assert isinstance(step, Question)
        assert step.missing == "end"
    else:
        assert plan_answer(question, answer, TODAY) == (again,)
        assert plan_answer(again, answer, TODAY) == (again,)


@pytest.mark.parametrize(
    ("answer", "takes_back"),
    [
        ("never mind", True),
        ("Cancel!", True),
        ("no thanks", True),
        ("Oh, forget it please.", True),
        ("stop", True),
        ("km", False),
        ("no idea, Tokyo", False),
        ("stop " * 100, False),
    ],
)
def test_a_request_can_be_taken_back(answer: str, takes_back: bool) -> None:
    assert is_cancellation(answer) is takes_back


def test_too_many_requests_are_cut_short() -> None:
    steps = planned("\n".join(f"{n} + {n}" for n in range(1, 30)))

    assert steps[:20] == tuple(calculate(f"{n} + {n}") for n in range(1, 21))
    assert steps[20:] == (Note("I stopped there: I take 20 requests at a time."),)


def test_a_message_that_is_too_long_is_not_read() -> None:
    note = Note(f"I read messages of at most {MAX_MESSAGE} characters.")

    assert planned("a" * (MAX_MESSAGE + 1)) == (note,)


def test_a_plan_explains_itself() -> None:
    steps = (calculate("2+2"), asked("convert 5 miles"), Note("Hi"), Done("weekday", {}))

    assert explanation(steps) == (
        "1. Use calculate (expression: 2+2).\n"
        "2. Ask for what is missing: to_unit.\n"
        "3. Answer without a tool.\n"
        "4. Keep what weekday found before."
    )


def test_steps_survive_the_way_to_json_and_back() -> None:
    steps = (
        calculate("2+2"),
        asked("what time is it in the USA"),
        Note("Hi"),
        Done("weekday", {"day": "2026-12-24"}, output={"weekday": "Thursday"}),
    )

    assert steps_from_json(steps_to_json(steps)) == steps


@pytest.mark.parametrize("data", [None, "steps", 1, [1], [{"step": "Nonsense"}], [{"text": "a"}]])
def test_other_json_is_no_list_of_steps(data: Any) -> None:
    with pytest.raises(ValueError, match="step"):
        steps_from_json(data)


VOCABULARY = (
    "what is time it in convert count the words days until between and to from of 5 1,000 km miles"
    " Tokyo 9:00 24 December 2026-12-24 + - * / ( ) % ! ? . : , \" ' sqrt sum percent half a when"
    " how many \n 1. please never mind \ue000"
)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_planned(text: str) -> None:
    assert planned(text)


@pytest.mark.parametrize(
    "text",
    ["convert 1e999 km to m", "1e308 hours 1 minute in s", f"{'9' * 200} km to m", "1e999 + 1"],
)
def test_no_number_is_too_large_for_json(text: str) -> None:
    checked(steps_to_json(planned(text)), "the plan")


@settings(deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY.split(" ")), max_size=25).map(" ".join))
def test_any_order_of_its_own_words_is_planned_and_answered(text: str) -> None:
    for step in planned(text):
        if isinstance(step, Question):
            assert plan_answer(step, text, TODAY)
        checked(steps_to_json([step]), "the plan")


@pytest.mark.parametrize(
    "text",
    [
        "what time is it in " * 5000,
        "convert 1 a to a and " * 5000,
        "9:00 in a " * 9000,
        "mile*" * 50,
        "m-1 " * 75,
        "1, " * 90,
        "(" * 280,
        "! " * 40_000,
        "? " * 40_000,
        ". " * 40_000,
        "." * 90_000 + "x",
        " " * 90_000 + "x",
        "“" * 90_000,
        " '" * 40_000,
        '" ' * 40_000,
        "one hundred and " * 15,
        "please " * 10_000,
        "count words and words " * 4000,
    ],
    ids=lambda text: f"{text[:12]!r} x {len(text)}",
)
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()

    planned(text)

    # Far above what it takes, far below what backtracking would.
    assert time.process_time() - started < 5
