/**
 * A small knowledge base about five invented organisations that share one space: a bakery, a cycling club, a software studio, a bookshop and
 * a clinic. In English and Russian, as people write it.
 */
export const SAMPLE_NOTES: ReadonlyArray<{
  path: string;
  title: string;
  body: string;
  tags?: string[];
  status?: "deprecated";
}> = [
  // Saltmarsh Bakery
  {
    path: "bakery/opening-hours.md",
    title: "Opening hours of the bakery",
    body: "Saltmarsh Bakery is open from Tuesday to Saturday, 7:00 to 15:30. On Sundays we open at 8:00 and close at noon. Monday is closed.",
    tags: ["bakery"],
  },
  {
    path: "bakery/sourdough.md",
    title: "Sourdough starter",
    body: "The starter is fed at 6 in the morning and at 6 in the evening with equal weights of rye flour and water.\n\nWhen it smells of acetone, discard half and feed it twice in a row.",
  },
  {
    path: "bakery/flour-supplier.md",
    title: "Flour comes from Harrow Mill",
    body: "We buy all wheat flour from Harrow Mill. Orders go out by email before Wednesday noon and arrive on Friday. The minimum order is 200 kg.",
    tags: ["suppliers"],
  },
  {
    path: "bakery/oven.md",
    title: "Oven maintenance",
    body: "The deck oven is serviced twice a year by Lund & Sons, in March and in September.\n\n## When it does not heat\n\nReset the breaker behind the proofing cabinet. If it trips again, call Lund & Sons: their emergency line is on the sticker.",
  },
  {
    path: "bakery/allergens.md",
    title: "Allergens",
    body: "Every label names gluten, nuts, sesame, milk and eggs. The almond croissant is the only product with nuts; it is baked on its own tray.",
  },
  {
    path: "bakery/wedding-cakes.md",
    title: "Wedding cakes: deposit and deadlines",
    body: "A wedding cake needs a deposit of 30 percent. The design is fixed four weeks before the date. Cancellations up to two weeks before get half of the deposit back.",
  },
  {
    path: "bakery/tips.md",
    title: "How tips are shared",
    body: "Tips from the jar are counted on Saturday and split by hours worked, kitchen and counter alike.",
  },
  {
    path: "bakery/old-prices.md",
    title: "Bread prices 2024",
    body: "A loaf of country bread costs 4.20, a baguette costs 2.10.",
    status: "deprecated",
  },
  {
    path: "bakery/prices.md",
    title: "Bread prices",
    body: "A loaf of country bread costs 4.60, a baguette costs 2.40, a rye loaf costs 5.10.",
  },
  // Fennwick Cycling Club
  {
    path: "club/membership.md",
    title: "Membership fee",
    body: "Annual membership is 45 euros, 20 for juniors under 18. It is due on the first of February; whoever pays later pays 5 more.",
  },
  {
    path: "club/sunday-ride.md",
    title: "Sunday ride",
    body: "The Sunday ride starts at the old water tower at 9:00. Two groups: 60 km at an easy pace and 95 km at a brisk one. Helmets are required.",
  },
  {
    path: "club/insurance.md",
    title: "Insurance for accidents",
    body: "Members are insured on club rides only. Report an accident to Petra within three days, with the names of witnesses and photos of the bicycle.",
  },
  {
    path: "club/jerseys.md",
    title: "Club jerseys",
    body: "Jerseys are ordered once a year, in April. Sizes run small: take one size more than usual. A jersey costs 62 euros.",
  },
  {
    path: "club/workshop.md",
    title: "The repair workshop",
    body: "The workshop behind the gym has a truing stand, a torque wrench and a bottom bracket tool. The key hangs at the reception; sign the list when you take it.",
  },
  {
    path: "club/race.md",
    title: "Decision: no race in 2027",
    body: "The board decided to skip the Fennwick Criterium in 2027, because the town renews the market square. It comes back in 2028.",
    tags: ["race"],
  },
  {
    path: "club/first-aid.md",
    title: "First aid on rides",
    body: "Every ride leader carries a first aid kit and a phone with the route. The kits are refilled by Otto in January.",
  },
  // Tern & Kite, software
  {
    path: "studio/deploy.md",
    title: "How we deploy",
    body: "# How we deploy\n\nA merge to main deploys to staging by itself. Production is deployed by hand from the release page, never on Friday after 14:00.\n\n## Rolling back\n\nPress Rollback on the release page: it takes about two minutes. Database migrations are not rolled back; write a new migration that repairs.\n\n```sh\nkite release --rollback v41\n```",
  },
  {
    path: "studio/on-call.md",
    title: "On-call rotation",
    body: "On-call changes every Monday at 10:00. The person on call answers alerts within 15 minutes by day and 30 minutes by night, and gets a day off afterwards.",
  },
  {
    path: "studio/vacation.md",
    title: "Vacation policy",
    body: "Everybody has 27 days of vacation a year. Up to 5 days may be carried over until the end of March. Ask in the calendar two weeks ahead.",
  },
  {
    path: "studio/postgres.md",
    title: "Decision: Postgres instead of MongoDB",
    body: "We chose Postgres for the billing service, since invoices need transactions across tables. MongoDB stays only for the event archive.",
  },
  {
    path: "studio/backups.md",
    title: "Backups",
    body: "The database is backed up every night at 02:00 to a bucket in another region. Backups are kept for 35 days. Restoring was last tried in October: it took 48 minutes.",
  },
  {
    path: "studio/laptops.md",
    title: "Laptops and hardware",
    body: "A new laptop is ordered every three years. Monitors and chairs can be bought for up to 400 euros without asking.",
  },
  {
    path: "studio/wifi.md",
    title: "Office network",
    body: "Guests use the network TernGuest. Its password changes on the first of the month and stands on the board in the kitchen.",
  },
  {
    path: "studio/expenses.md",
    title: "Expenses and receipts",
    body: "Receipts are sent to Ilse by the 25th. Train tickets are second class; hotels cost at most 120 euros a night.",
  },
  {
    path: "studio/accounts.md",
    title: "Two-factor authentication",
    body: "All accounts need two-factor authentication with an app or a hardware key. Text messages are not allowed as a second factor.",
  },
  {
    path: "studio/interviews.md",
    title: "Hiring: interview steps",
    body: "A candidate has a call of 30 minutes, a paid trial day, and a talk with the whole team. We answer within five working days.",
  },
  // «Ладога», bookshop
  {
    path: "books/raspisanie.md",
    title: "График работы магазина",
    body: "Книжный магазин «Ладога» работает ежедневно с 10 до 21, в последний понедельник месяца у нас учёт и мы закрыты.",
  },
  {
    path: "books/vozvrat.md",
    title: "Возврат книг",
    body: "Покупатель может вернуть книгу в течение 14 дней с чеком. Подарочные издания без упаковки не принимаем. Деньги возвращаем на карту за три дня.",
  },
  {
    path: "books/postavshchiki.md",
    title: "Поставщики",
    body: "Учебники заказываем у «Вереска» по вторникам, художественную литературу у издательств напрямую. Минимальный заказ у «Вереска» 15 тысяч рублей.",
  },
  {
    path: "books/skidki.md",
    title: "Скидки для учителей и студентов",
    body: "Учителям и студентам скидка 12 процентов по удостоверению. Скидки не складываются с распродажей.",
  },
  {
    path: "books/vecher.md",
    title: "Литературные вечера",
    body: "Вечера проходят по четвергам в 19:00 в малом зале. Автору платим 5 тысяч, вход для гостей свободный. За запись отвечает Марина.",
  },
  {
    path: "books/kassa.md",
    title: "Если касса не печатает чек",
    body: "Проверьте ленту и выключите кассу на минуту. Если не помогло, звоните в поддержку и пишите чек от руки; номер поддержки на крышке.",
  },
  {
    path: "books/dostavka.md",
    title: "Доставка заказов",
    body: "По городу доставляет курьер за 250 рублей, от 3000 рублей бесплатно. В другие города отправляем почтой раз в неделю, по средам.",
  },
  // Клиника «Рябина»
  {
    path: "clinic/zapis.md",
    title: "Запись на приём",
    body: "Пациентов записывают по телефону или на сайте. Первичный приём длится 40 минут, повторный 20 минут. Отменить запись можно за 12 часов.",
  },
  {
    path: "clinic/otpusk.md",
    title: "Отпуск врачей",
    body: "Заявление на отпуск врачи подают за три недели заведующей. Больше двух врачей одновременно в отпуск не уходят.",
  },
  {
    path: "clinic/analizy.md",
    title: "Анализы и лаборатория",
    body: "Кровь сдают с 8 до 11 утра натощак. Результаты лаборатория присылает на следующий день после 16:00.",
  },
  {
    path: "clinic/dezinfekciya.md",
    title: "Дезинфекция кабинетов",
    body: "Кабинеты обрабатывают после каждого пациента, генеральная уборка по субботам. Раствор меняют каждые 10 дней.",
  },
  {
    path: "clinic/dezhurstvo.md",
    title: "Дежурство в праздники",
    body: "В праздничные дни дежурит один терапевт и одна медсестра. За дежурство платят вдвойне и дают отгул.",
  },
  {
    path: "clinic/strahovka.md",
    title: "Страховые компании",
    body: "Клиника принимает полисы «Маяк» и «Опора». Гарантийное письмо нужно до приёма, без него пациент платит сам.",
  },
  {
    path: "clinic/parkovka.md",
    title: "Парковка для пациентов",
    body: "Перед входом шесть мест, два из них для инвалидов. Сотрудники ставят машины во дворе.",
  },
];

/** Questions with the note that answers them, or null where none does. */
export const SAMPLE_QUESTIONS: ReadonlyArray<{ question: string; path: string | null }> = [
  { question: "When is the bakery open on Sunday?", path: "bakery/opening-hours.md" },
  { question: "How often do we feed the sourdough starter?", path: "bakery/sourdough.md" },
  { question: "Who supplies our flour?", path: "bakery/flour-supplier.md" },
  { question: "what to do if the oven is not heating", path: "bakery/oven.md" },
  { question: "Which products contain nuts?", path: "bakery/allergens.md" },
  { question: "How much deposit for a wedding cake?", path: "bakery/wedding-cakes.md" },
  { question: "how do we split the tips", path: "bakery/tips.md" },
  { question: "What does a baguette cost?", path: "bakery/prices.md" },
  { question: "How much is the membership fee for juniors?", path: "club/membership.md" },
  { question: "Where does the Sunday ride start?", path: "club/sunday-ride.md" },
  { question: "To whom do I report an accident?", path: "club/insurance.md" },
  { question: "When are jerseys ordered?", path: "club/jerseys.md" },
  { question: "Why is there no race in 2027?", path: "club/race.md" },
  { question: "How do I roll back a release?", path: "studio/deploy.md" },
  { question: "can I deploy to production on friday?", path: "studio/deploy.md" },
  { question: "How many vacation days can be carried over?", path: "studio/vacation.md" },
  { question: "Why did we choose Postgres?", path: "studio/postgres.md" },
  { question: "How long are backups kept?", path: "studio/backups.md" },
  { question: "guest network password", path: "studio/wifi.md" },
  { question: "How does the vacaton polcy work?", path: "studio/vacation.md" },
  { question: "When does the on-call rotation change?", path: "studio/on-call.md" },
  { question: "До скольки работает магазин?", path: "books/raspisanie.md" },
  { question: "Можно ли вернуть книгу без чека?", path: "books/vozvrat.md" },
  { question: "Какая скидка учителям?", path: "books/skidki.md" },
  { question: "когда литературный вечер", path: "books/vecher.md" },
  { question: "Что делать, если касса не печатает чеки?", path: "books/kassa.md" },
  { question: "Сколько стоит доставка курьером по городу?", path: "books/dostavka.md" },
  { question: "За сколько недель подавать заявление на отпуск?", path: "clinic/otpusk.md" },
  { question: "Когда готовы результаты анализов?", path: "clinic/analizy.md" },
  { question: "Кто дежурит в праздники?", path: "clinic/dezhurstvo.md" },
  { question: "Где парковка для пациентов", path: "clinic/parkovka.md" },
  { question: "дизинфекция кабинетов как часто?", path: "clinic/dezinfekciya.md" },
  { question: "What is the phone number of the landlord?", path: null },
  { question: "Who won the football match yesterday?", path: null },
  { question: "How do I renew my passport?", path: null },
  { question: "What is our policy on parental leave for adoptive parents?", path: null },
  { question: "Which Kubernetes version runs in the cluster?", path: null },
  { question: "Does the bakery deliver pizza to Lisbon?", path: null },
  { question: "How tall is the lighthouse?", path: null },
  { question: "What is the marketing budget for autumn?", path: null },
  { question: "Who designed the company logo?", path: null },
  { question: "When was the cycling club founded?", path: null },
  { question: "What is the salary of the baker?", path: null },
  { question: "Who is the landlord of the bakery?", path: null },
  { question: "Why is Postgres slow today?", path: null },
  { question: "What does parking cost for visitors of the gym?", path: null },
  { question: "Which programming language is the billing service written in?", path: null },
  { question: "Сколько стоит аренда магазина?", path: null },
  { question: "Когда приедет новый томограф?", path: null },
  { question: "Какой пароль от сервера бухгалтерии?", path: null },
  { question: "Кто главный редактор журнала?", path: null },
  { question: "Где купить билеты в театр?", path: null },
  { question: "Сколько лет директору?", path: null },
];
