/** What forty people wrote to forms of shops and workshops, in their own words. */
export const letters =
  `Hello, I would like to know how much a new kitchen costs, about 12 square metres, with an island.
Hi, do you also deliver to Austria? I need three of the oak tables before Christmas.
Good morning, my order 4711 has not arrived yet. Could you check where it is, please?
Please call me back about the quote you sent last week, I have two questions about the delivery date.
We are a school with 400 pupils and look for somebody who repairs our windows. Could you visit us next week?
Is it possible to visit your showroom on Saturday afternoon with two small children?
I bought a lamp from you in May and the switch is broken. How can I send it back?
Could you send me your price list as PDF? We are planning to renovate the bathroom this summer.
I am interested in the position as a carpenter that you advertise. To whom may I send my application?
Hello, I would like to book an appointment for Tuesday morning, if possible before ten o'clock.
Hi there, I would like an appointment on Thursday afternoon. My daughter needs new glasses.
Do you have the blue one in size 42 in stock, and can I pick it up in the shop today?
My wife and I want to insulate the roof of our house from 1974. What would it cost roughly?
I'd like to cancel my subscription at the end of the month. Please confirm by e-mail. Thank you.
How long is the warranty on the heat pumps, and who does the maintenance in our area?
We need an offer for catering for 60 people on 12 June, vegetarian as well, in Hamburg.
Your website says the webinar is free, but the registration asks for my credit card. Is that right?
Good evening, I saw your ad in the newspaper and would like more information about the trip to Norway.
I would like more information about your solar panels and the subsidies of the state.
Can you tell me whether the apartment in Main Street is still available from October?
Is the flat in Mill Lane still available? I would like to see it this weekend if possible.
Hello, we would like to rent the hall for our wedding next year in September, around 90 guests.
I lost my password and the link that you sent me does not work. Could you help me, please?
Please send me information about the course in November. I have worked with Excel for ten years.
We have a leak under the sink, water is everywhere. Can somebody come today? It is urgent!
I want to learn to play the piano as an adult. Do you have lessons in the evening?
Thank you for the nice conversation yesterday. As discussed, here are the measurements of the room.
Our company has 25 employees and needs new telephones. Who is the right person to talk to?
The last invoice seems to be wrong: we ordered two pieces and you charged us for three.
I am looking for a present for my mother who turns 70. She likes gardening and reading.
I would like to know how much it costs to paint the outside of our house, about 180 square metres.
I would like to know if you repair bicycles of other brands too, mine is from Holland.
Hello, could you please call me? I would like to talk about a loan for a used car.
Hello, can you please send me an offer for cleaning our office twice a week?
Hello, I would like to get an offer for moving from Berlin to Munich in March.
Hi, I would like a quote for a website with a small shop, around 20 products.
We would like to invite you to our fair on 4 May. Do you want to have a stand?
Please remove my address from your mailing list. I have asked for it twice already.
Does the hotel have a parking space, and may I bring my dog?
When will the new model be available? I would like to preorder it in black.`.split('\n')
