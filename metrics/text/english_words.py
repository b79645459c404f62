"""English words of praise and complaint, by what they speak of; the concepts are those of `persian_words`.

Chosen by hand. Verbs and nouns are listed in the forms that differ by more than the endings that `lexicon` removes.
"""

PRAISE = {
    "smile": """
        😊 😍 ❤ 👍 🙏 🌹 👌 😋 💯 😀 😃 😄 😁 🙂 ☺ 🤗 🥰 😘 💐 🌺 🌸 👏 💚 💙 💖 🤩 😎 ♥ 🌷 💪 ⭐ 🤤 :) =) :-) :d
    """,
    "excellent": """
        excellent amazing awesome fantastic wonderful superb outstanding exceptional brilliant perfect perfectly
        perfection incredible phenomenal magnificent marvellous marvelous fabulous terrific stellar flawless flawlessly
        impeccable spectacular extraordinary unbeatable unmatched world_class first_class top_notch top_class five_star
        5_star five_stars 5_stars ten_out_of_ten 10/10 best best_ever blown_away exceeded love loved loving adore
        delighted delightful thrilled ecstatic impressed impressive remarkable sublime superior second_to_none hats_off
        gem could_not_be_better couldn't_be_better could_not_be_happier couldn't_be_happier out_of_this_world
        a_pleasure absolute_pleasure above_and_beyond extra_mile masterpiece faultless faultlessly spot_on
    """,
    "good": """
        good great nice nicely well fine decent solid pleasant pleasantly lovely enjoyable enjoy enjoyed enjoying
        pleased pleasing happy happily satisfied satisfying satisfactory satisfaction like liked likes cool neat
        positive acceptable adequate beautiful attractive elegant clean tidy accurate complete quality high_quality
        good_quality improved improvement improving better worthwhile welcome comfortable comfortably cosy cozy fun ok
        okay as_expected as_described as_advertised as_promised as_ordered works_well worked_well no_problem
        no_problems no_issues no_complaints no_complaint without_any_problem without_a_hitch hassle_free can't_complain
        cannot_complain not_bad glad useful valuable smart clever handsome funny successful successfully success
        resolved solved fixed sorted works_perfectly works_fine working_fine thoughtful stylish professional
        professionally
    """,
    "thanks": """
        thank thanks thankful thankyou thx tnx cheers grateful appreciate appreciated appreciates appreciation kudos
        bravo well_done congratulations keep_it_up keep_up_the_good_work good_job great_job nice_job mamnoon mamnun
        merci mersi merc mrc sepas damet_garm
    """,
    "fast": """
        fast faster fastest quick quicker quickest quickly prompt promptly speedy speed swift swiftly instant instantly
        immediate immediately rapid rapidly on_time in_time ahead_of_time ahead_of_schedule early same_day next_day
        punctual timely no_delay no_delays without_delay no_waiting in_no_time express_delivery right_away
    """,
    "fresh": """
        tasty delicious yummy flavourful flavorful flavoursome mouthwatering scrumptious fresh freshly hot_and_fresh
        warm crispy crunchy juicy tender well_cooked perfectly_cooked appetising appetizing hygienic spotless khoshmaze
        khoshmazeh
    """,
    "kind": """
        polite politely courteous friendly kind kindly kindness helpful helped caring attentive respectful respectfully
        patient patiently knowledgeable competent experienced skilled understanding empathetic sincere honest_staff
        warm_welcome welcoming hospitable hospitality cheerful smiling gracious considerate diligent dedicated
        committed responsive accommodating supportive went_out_of_their_way apologised apologized compensated
        followed_up customer_focused customer_oriented
    """,
    "easy": """
        easy easier easiest easily simple simply simplest effortless effortlessly convenient conveniently convenience
        smooth smoothly seamless seamlessly intuitive user_friendly straightforward handy accessible flexible efficient
        efficiently painless stress_free one_click self_explanatory
    """,
    "price_good": """
        cheap cheaper cheapest affordable reasonable reasonably inexpensive bargain good_value great_value
        value_for_money worth_the_money worth_it worth_every_penny good_price great_price great_prices good_prices
        fair_price fairly_priced well_priced discount discounts free_of_charge generous low_price low_prices
        competitive_price competitive_prices great_deal good_deal
    """,
    "trust": """
        trust trusted trustworthy reliable reliably reliability dependable secure securely honest honestly transparent
        transparency safe legit genuine authentic reputable
    """,
    "loyal": """
        recommend recommended recommending highly_recommend will_be_back come_back coming_back will_return
        will_order_again order_again buy_again will_buy_again use_again will_use_again shop_again loyal loyal_customer
        favourite favorite go_to my_go_to always_good always_great as_always never_disappoints never_disappoint
        never_disappointed never_fails never_let_me_down
    """,
}

COMPLAINT = {
    "frown": "😡 😠 👎 😞 😒 🤮 🤢 😤 💔 😭 😢 😑 😐 ☹ 🙁 😔 😕 😣 😖 😩 😫 🤬 😾 🤦 😏 😪 :( =( :-(",
    "awful": """
        awful awfully terrible terribly horrible horribly horrendous horrific disgusting disgusted disgusts appalling
        appalled atrocious abysmal dreadful pathetic disaster disastrous nightmare worst garbage trash rubbish crap
        shit sucks suck sucked sux shameful disgrace disgraceful embarrassing unacceptable outrageous ridiculous joke
        laughable useless worthless hate hated hates despise furious inedible unbearable ruined ruin zero_stars 0_stars
        one_star 1_star waste waste_of_time waste_of_money wasted threw_it_away threw_away thrown_away throw_it_away
        in_the_bin vile revolting insulting insult catastrophe catastrophic beyond_words
    """,
    "bad": """
        bad badly poor poorly weak mediocre average meh bland subpar sub_par substandard inferior low_quality
        poor_quality bad_quality lousy lacklustre lackluster unpleasant uncomfortable unsatisfied dissatisfied
        unsatisfactory dissatisfaction dissatisfying unhappy underwhelming underwhelmed inadequate problem problems
        problematic issue issues trouble troubles flaw flawed flaws defect fault complaint complaints complain
        complained complaining annoying annoyed annoys annoyance irritating irritated frustrating frustrated
        frustration frustrates stressful tired_of fed_up sick_of angry upset upsetting worse worsened worsening
        declined decline downhill gone_downhill ugly messy mess careless carelessly negligent negligence sloppy
        unprofessional amateur amateurish inconsistent nothing_special could_be_better could_have_been_better not_worth
        not_up_to not_great lack lacking lacks fail failed fails failing failure negative incompetent not_as_expected
        below_expectations let_down letdown outdated old_fashioned boring dull nonsense
    """,
    "regret": """
        unfortunately sadly regret regretted regrettable regrettably disappoint disappointed disappointing
        disappointment disappointingly disappoints sad sorry_to_say pity shame what_a_shame
    """,
    "late": """
        late later_than delay delays delayed slow slower slowly slowest waiting wait waited waits hours_late overdue
        took_ages took_forever takes_forever takes_ages takes_too_long took_too_long forever queue queues queued
        long_line long_lines long_queue on_hold kept_waiting still_waiting still_not_arrived never_arrived
        hasn't_arrived has_not_arrived not_arrived crowded overcrowded rescheduled postponed cancelled canceled
        cancellation missed_appointment behind_schedule
    """,
    "spoiled": """
        cold stale soggy spoiled spoilt rotten rancid mouldy moldy expired raw undercooked uncooked overcooked burnt
        burned dry greasy oily salty too_salty tasteless flavourless flavorless sour bitter smelly smelled_bad stinks
        stank stink smells_bad bad_smell watery chewy rubbery lukewarm melted mushy
    """,
    "missing": """
        missing wrong wrongly incorrect incorrectly mistake mistakes error_in_my_order incomplete forgot forgotten
        forget not_delivered never_delivered not_received never_received didn't_receive did_not_receive didn't_get
        did_not_get not_included not_what_i_ordered not_as_described different_from small smaller tiny small_portion
        small_portions out_of_stock unavailable mixed_up mix_up mixup lost not_enough insufficient
    """,
    "rude": """
        rude rudely rudest rudeness impolite disrespectful disrespect arrogant condescending hostile aggressive
        unfriendly unhelpful attitude bad_attitude dismissive shouted yelled yelling shouting hung_up unwelcoming
        indifferent ignorant uncaring impatient unkind abrupt clueless untrained
    """,
    "ignored": """
        ignored ignore ignores ignoring ignorance no_response no_reply no_answer never_replied never_responded
        never_answered never_called didn't_reply did_not_reply didn't_respond did_not_respond nobody_answers
        no_one_answers nobody_answered no_one_answered unanswered unresponsive unresolved not_resolved not_solved
        never_resolved still_not_fixed passed_around passed_from no_follow_up nobody_helped no_one_helped don't_care
        doesn't_care do_not_care does_not_care no_support
    """,
    "deceit": """
        scam scammed scammer scammers scamming fraud fraudulent lie lied lies lying liar liars cheat cheated cheating
        dishonest deceptive deceived misleading misled mislead fake counterfeit thief thieves steal stealing stole
        stolen rip_off ripoff ripped_off rip_offs hidden_fees hidden_fee hidden_charges hidden_costs false_advertising
        bait_and_switch shady untrustworthy unreliable no_refund refused_to_refund won't_refund
    """,
    "expensive": """
        expensive overpriced pricey pricy costly too_much_money overcharged overcharge overcharging charged_twice
        charged_me_twice double_charged high_price high_prices price_increase steep exorbitant extortionate unfair
        not_worth_the_money not_worth_the_price poor_value bad_value
    """,
    "broken": """
        broken broke breaks damaged damage damages defective faulty cracked leaking leaked leaks torn ripped scratched
        dented crash crashed crashes crashing freezes frozen glitch glitches glitchy glitching bug bugs buggy error
        errors malfunction malfunctioned doesn't_work does_not_work didn't_work did_not_work not_working
        stopped_working won't_work won't_load won't_open disconnected disconnects keeps_dropping dropped_calls outage
        downtime unusable laggy lagging
    """,
    "dirty": """
        dirty filthy filth unclean unhygienic unsanitary hair_in cockroach cockroaches insect insects bugs_in fly_in
        contaminated food_poisoning poisoned sick vomit vomited vomiting stained stains dusty mold mould
    """,
    "hard": """
        difficult difficulty difficulties hard_to harder complicated complex confusing confused confuses confusion
        unclear cumbersome tedious hassle inconvenient inconvenience inconvenienced unintuitive frustratingly
        bureaucratic bureaucracy impossible impossible_to struggle struggled struggling
    """,
    "leaving": """
        never_again never_come_back never_use never_buy never_order never_return never_go_back never_coming_back
        won't_be_back will_not_be_back won't_return will_not_return won't_use won't_be_using won't_buy won't_order
        won't_recommend will_not_recommend wouldn't_recommend would_not_recommend don't_recommend do_not_recommend
        cannot_recommend can't_recommend not_recommend not_recommended stay_away avoid avoid_at_all_costs last_time
        last_order switching_to switched_to moving_to_another going_elsewhere go_elsewhere cancelling cancel_my
        closing_my_account close_my_account closed_my_account uninstall uninstalled uninstalling refund_please
        want_a_refund lost_a_customer lost_me_as_a_customer do_not_buy don't_buy do_not_use don't_use not_going_back
    """,
}

NEVER_DENIED = ["regret", "leaving", "ignored", "deceit", "thanks", "frown", "smile", "loyal"]
UNLIKE = "wells welling likely unlikely lates welled inkind coldplay kinds kinder fines finer tender goods news lasted"
ENDINGS = "s es ed d ly er est ing"

NEGATIONS_AFTER = ""
NEGATION_PREFIX = None
NEGATIONS_BEFORE = """
    not no never none nothing neither nor without isn't wasn't aren't weren't don't doesn't didn't won't wouldn't can't
    cannot couldn't shouldn't hasn't haven't hadn't ain't isnt wasnt arent werent dont doesnt didnt wont wouldnt cant
    couldnt shouldnt hasnt havent hadnt aint hardly barely scarcely
"""
LINKS = "was is are were am has have had that which because so"
REACH_BEFORE = 3  # words
INTENSIFIERS = """
    very really extremely so absolutely totally completely utterly incredibly super highly exceptionally truly
    especially particularly seriously insanely ridiculously way too always ever deeply thoroughly entirely
"""
DIMINISHERS = (
    "slightly somewhat a_bit a_little kind_of sort_of fairly rather quite partly mostly almost occasionally a_tad"
)
CONTRASTS = """
    but however although though yet except except_for only apart_from unless despite in_spite_of nevertheless
    nonetheless even_though on_the_other_hand
"""
WISHES = """
    please wish would_be_better would_be_nice should could hope hopefully suggest suggestion need needs would_like
    if_only it_would_be
"""

FUNCTION_WORDS = """
    the a an and or of to in on at for from with by as is was are were be been am it its it's i me my we us our you
    your they them their he she his her this that these those there here not no never but if so because when while
    which who what how why all any some more most much many very too just only also than then again after before have
    has had do does did will would can could should about into out up down over under i'm i've don't didn't wasn't
    isn't can't won't
"""
