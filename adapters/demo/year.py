"""A long answer: long enough to scroll, to be stopped, and to be left and come back to."""

LONG = """\
# A parrot's year

## January

The window is white, and nobody opens it. This is the month for indoor words: *kettle*, *slippers*, *who left \
the light on*. I practise them in the morning, when the house is still, and by noon the whole family says them \
after me. They believe that it was their idea. I let them, since the nuts come from them, and since it is warm \
on the shelf above the stove.

## February

A short month, and a good one for short words. I learned *no* in a February. It is the most useful word there \
is: it ends baths, it stops vacuum cleaners, and said slowly, with the head on one side, it makes people laugh \
and forget what they wanted. I tried *yes* for a week as well. It led to a bath.

## March

Somebody opens the window by the width of a hand, and a blackbird comes in by ear. He sings one line, and then \
the same line with a turn at the end, and waits. I give him the line without the turn. He gives it back with \
two. We go on like this until it rains, and neither of us has said anything; it was a very good talk.

## April

Rain, and a lesson. I am shown a picture of a boat and told that it is a boat. I say *boat*. I am shown a bath, \
and I say *boat*, since it is the same thing from my side. There is a discussion. In the end we agree that it is \
a matter of where one sits, and I get half a walnut, which is what a boat looks like from above.

## May

The cage goes out on the balcony. Down in the street there are four hundred people a day, and each of them says \
a piece of something and carries the rest away round the corner. I collect the pieces: *and then she*, *not on a \
Tuesday*, *with the blue one*. Put together in the evening they make a story, and nobody in the house can say \
how it ends.

## June

The days are so long that I run out of words before dark. What does one do then? I count: one, two, many. The \
lamp post, the second lamp post, the many lamp posts. When they are lit I begin again from the far end, to be \
sure. There are still many. Numbers are restful things, as long as one does not go too far with them.

## July

They have gone on holiday, and the neighbour feeds me. The neighbour has a different *good morning*: it goes \
down where ours goes up. By the third day I have two of them, one for each ear. When the family comes home I say \
both, one after the other, and they look at each other as if I had told them something about the neighbour. \
Perhaps I had.

## August

It is too hot to speak, so I listen. A fan has only one word, but it never stops saying it, and after an hour \
one begins to hear others inside: a train, a crowd, a long letter read aloud in the next room. I answer the \
letter in my head. It is a polite answer, and it keeps to the point, and it is a pity that no one will ever hear \
it.

## September

School. A child sits in front of me with a book and reads the same sentence nine times. I know it after two, but \
I wait. At the ninth I say it along with her, and she looks up, and does not read it a tenth time. That is how \
one learns: not from being told, but from somebody who has learned it at the same table, a moment before, with \
the beak open.

## October

Leaves go past the window, and each of them is a thing that I have no word for, since no two are alike. *Leaf*, \
say the others, and think that they are done. I say *leaf* too, to be friendly. But I look at every one, and I \
could tell you, if I could tell you, that the third from the left this morning was the best of them all.

## November

Fog. The street has been taken away, and with it the lamp posts, however many there were. I say *hello* into it, \
as one does. After a while it comes back from the house on the other side: *hello*, a little late and a little \
lower. I know very well what it is. I say it again all the same. It is good manners to answer an echo; somebody \
has to.

## December

Candles, visitors, the good nuts. Everyone asks me to say something, and then talks while I say it. So I wait \
until the plates are empty and it is quiet for one breath, and then I say, in the voice of the grandmother: *who \
left the light on?* They laugh until they cry, and someone gets up to look. It was on. It will be January soon, \
and I am well prepared.
"""
